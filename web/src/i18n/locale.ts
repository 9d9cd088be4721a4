import { makeStore, useStore } from '../api/store';

/** The languages that all texts are written in. */
export const LOCALES = ['en', 'pl'] as const;
export type Locale = (typeof LOCALES)[number];

const KEY = 'lejek.language';

/** The language of the page: the one chosen here, else the first of the browser's that we speak. */
export const locale = makeStore<Locale>(chooseLocale([localStorage.getItem(KEY) ?? '', ...navigator.languages]));

/** The first of these that we speak; English where there is none. */
export function chooseLocale(wanted: readonly string[]): Locale {
  const primary = wanted.map(tag => tag.toLowerCase().split('-')[0]);
  return LOCALES.find(each => each === primary.find(tag => LOCALES.includes(tag as Locale))) ?? 'en';
}

/** Speaks another language from now on, and after the page is opened again. */
export function setLocale(chosen: Locale): void {
  localStorage.setItem(KEY, chosen);
  locale.set(chosen);
}

/** The language of the page, for a component. */
export function useLocale(): Locale {
  return useStore(locale);
}

const tellDocument = () => (document.documentElement.lang = locale.get());
tellDocument();
locale.watch(tellDocument);
