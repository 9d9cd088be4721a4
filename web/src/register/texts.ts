import { makeTexts } from '../i18n/texts';

const en = {
  file: 'A register’s file',
  choose: 'Choose a file',
  why: 'A CSV, Excel or JSON-lines file, one company a row. Columns are known by their names: name, register number, website, city, industry, employees and the like.',
  wanted: 'Which companies',
  wantedWhy: 'What is left empty takes any. Companies that you know already, by name, domain or an earlier file, make no lead.',
  industries: 'Words of the industry, between commas',
  places: 'Words of the place, between commas',
  sizeFrom: 'Employees, from',
  sizeTo: 'Employees, to',
  most: 'At most so many leads',
  dryRun: 'Count without making leads',
  start: 'Make leads',
};

export const useTexts = makeTexts<typeof en>({
  en,
  pl: {
    file: 'Plik z rejestru',
    choose: 'Wybierz plik',
    why: 'Plik CSV, Excel lub JSON lines, jedna firma w wierszu. Kolumny rozpoznajemy po nazwach: nazwa, KRS, strona www, miasto, branża, zatrudnienie i podobnych.',
    wanted: 'Które firmy',
    wantedWhy: 'Puste pole przyjmuje każdą. Firmy, które już znasz z nazwy, domeny lub wcześniejszego pliku, nie stają się leadami.',
    industries: 'Słowa z branży, po przecinku',
    places: 'Słowa z miejscowości, po przecinku',
    sizeFrom: 'Zatrudnienie od',
    sizeTo: 'Zatrudnienie do',
    most: 'Najwyżej tyle leadów',
    dryRun: 'Policz bez tworzenia leadów',
    start: 'Utwórz leady',
  },
});
