import { makeTexts } from '../i18n/texts';

/** The texts around all parts of the settings. */
export const useTexts = makeTexts({
  en: {
    settings: 'Settings',
    edit: 'Edit',
    saved: (name: string) => `${name} is saved.`,
    parts: {
      fields: 'Custom fields',
      products: 'Products',
      contacts: 'Contacts clean-up',
      chats: 'Chats',
      templates: 'Document templates',
      register: 'Company register',
      plan: 'Plan',
    },
    why: {
      fields: 'What you keep of leads and deals beyond what everybody keeps, and formulas that are worked out for every deal.',
      products: 'What you sell: the catalogue that the lines of deals and invoices are taken from.',
      contacts: 'People and organizations that look like earlier ones.',
      chats: 'Chats on your site: the questions of the chatbot, and where each answer leads.',
      templates: 'What the documents of deals are made of.',
      register: 'Companies out of a register’s file that nobody here knows yet, as leads of yours.',
      plan: 'How many open deals the plan has places for, and who waits for one.',
    },
  },
  pl: {
    settings: 'Ustawienia',
    edit: 'Edytuj',
    saved: name => `Zapisano: ${name}.`,
    parts: {
      fields: 'Pola własne',
      products: 'Produkty',
      contacts: 'Porządki w kontaktach',
      chats: 'Czaty',
      templates: 'Szablony dokumentów',
      register: 'Rejestr firm',
      plan: 'Plan',
    },
    why: {
      fields: 'Co zapisujesz o leadach i szansach ponad to, co zapisują wszyscy, oraz formuły wyliczane dla każdej szansy.',
      products: 'Co sprzedajesz: katalog, z którego bierze się pozycje szans i faktur.',
      contacts: 'Osoby i organizacje, które wyglądają jak wcześniejsze.',
      chats: 'Czaty na Twojej stronie: pytania bota i to, dokąd prowadzi każda odpowiedź.',
      templates: 'Z czego powstają dokumenty szans.',
      register: 'Firmy z pliku rejestru, których nikt tu jeszcze nie zna, jako Twoje leady.',
      plan: 'Na ile otwartych szans jest miejsce w planie i kto na nie czeka.',
    },
  },
});
