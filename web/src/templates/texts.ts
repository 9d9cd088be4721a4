import { makeTexts } from '../i18n/texts';

const en = {
  adminsOnly: 'Only admins change templates.',
  none: 'No templates yet.',
  newTemplate: 'New template',
  off: 'Off',
  changed: (day: string) => `changed on ${day}`,
  name: 'Name',
  language: 'How it writes numbers and days',
  languages: { EN: 'English', PL: 'Polish' },
  body: 'HTML with merge fields in Liquid',
  bodyWhy: 'It is tried with sample data before it is kept. Documents that were made of it stay as they are.',
  active: 'It is offered at deals',
  example:
    '<h1>{{ deal.title }}</h1>\n<p>{{ organization.name }}</p>\n<ul>\n  {% for line in lines %}<li>{{ line.product }}</li>{% endfor %}\n</ul>\n',
};

export const useTexts = makeTexts<typeof en>({
  en,
  pl: {
    adminsOnly: 'Szablony zmieniają tylko administratorzy.',
    none: 'Nie ma jeszcze szablonów.',
    newTemplate: 'Nowy szablon',
    off: 'Wyłączony',
    changed: day => `zmieniony ${day}`,
    name: 'Nazwa',
    language: 'Jak zapisuje liczby i dni',
    languages: { EN: 'Po angielsku', PL: 'Po polsku' },
    body: 'HTML z polami scalania w języku Liquid',
    bodyWhy: 'Zanim się zapisze, jest próbowany na przykładowych danych. Dokumenty, które z niego powstały, zostają, jakie są.',
    active: 'Jest do wyboru przy szansach',
    example:
      '<h1>{{ deal.title }}</h1>\n<p>{{ organization.name }}</p>\n<ul>\n  {% for line in lines %}<li>{{ line.product }}</li>{% endfor %}\n</ul>\n',
  },
});
