import { makeTexts } from '../i18n/texts';

type Kind = 'PROJECTS' | 'PRODUCTS' | 'DOCUMENTS' | 'FILES' | 'LEADBOOSTER' | 'ARCHIVING' | 'INVOICING' | 'FORMULA_FIELDS' | 'PARTICIPANTS' | 'PIPELINE' | 'CHANGELOG';

const en = {
  lead: 'Lead',
  archived: 'Archived',
  convert: 'Convert to a deal',
  close: 'Close',
  converted: (by: string, when: string) => `${by} converted this lead ${when}.`,
  openDeal: (title: string) => `Open the deal “${title}”`,
  unseenDeal: 'You may not see the deal it became.',
  cannot: 'What a lead cannot do',
  cannotWhy: 'Convert it first: these belong to deals.',
  capabilities: {
    PROJECTS: 'Projects',
    PRODUCTS: 'Products',
    DOCUMENTS: 'Documents',
    FILES: 'Files',
    LEADBOOSTER: 'LeadBooster',
    ARCHIVING: 'Archiving',
    INVOICING: 'Invoices',
    FORMULA_FIELDS: 'Formula fields',
    PARTICIPANTS: 'Participants',
    PIPELINE: 'Pipeline',
    CHANGELOG: 'Changelog',
  } as Record<Kind, string>,
};

export const useTexts = makeTexts<typeof en>({
  en,
  pl: {
    lead: 'Lead',
    archived: 'Zarchiwizowany',
    convert: 'Przekształć w szansę',
    close: 'Zamknij',
    converted: (by, when) => `${by} przekształca ten lead ${when}.`,
    openDeal: title => `Otwórz szansę „${title}”`,
    unseenDeal: 'Nie możesz zobaczyć szansy, w którą się przekształcił.',
    cannot: 'Czego lead nie może',
    cannotWhy: 'Najpierw go przekształć: to należy do szans sprzedaży.',
    capabilities: {
      PROJECTS: 'Projekty',
      PRODUCTS: 'Produkty',
      DOCUMENTS: 'Dokumenty',
      FILES: 'Pliki',
      LEADBOOSTER: 'LeadBooster',
      ARCHIVING: 'Archiwizacja',
      INVOICING: 'Faktury',
      FORMULA_FIELDS: 'Pola z formułami',
      PARTICIPANTS: 'Uczestnicy',
      PIPELINE: 'Lejek',
      CHANGELOG: 'Dziennik zmian',
    },
  },
});
