import { makeStore } from '../api/store';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'lejek.theme';
const kept = localStorage.getItem(KEY) as Theme | null;

/** Light, dark, or what the system says. */
export const theme = makeStore<Theme>(kept && THEMES.includes(kept) ? kept : 'system');

/** Looks like this from now on, and after the page is opened again. */
export function setTheme(chosen: Theme): void {
  localStorage.setItem(KEY, chosen);
  theme.set(chosen);
}

const tellDocument = () => {
  if (theme.get() === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.get();
};
tellDocument();
theme.watch(tellDocument);
