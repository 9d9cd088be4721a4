import { makeTexts } from '../i18n/texts';

export const useFileTexts = makeTexts({
  en: {
    title: 'Files',
    choose: 'Add files',
    remove: (name: string) => `Delete ${name}`,
    deleted: 'Deleted. It can be brought back for 30 days.',
  },
  pl: {
    title: 'Pliki',
    choose: 'Dodaj pliki',
    remove: name => `Usuń ${name}`,
    deleted: 'Usunięto. Można go przywrócić przez 30 dni.',
  },
});
