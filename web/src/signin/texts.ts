import { makeTexts } from '../i18n/texts';

export const useTexts = makeTexts({
  en: {
    claim: 'Your pipeline, right without a reload.',
    demo: 'Look around in the demo',
    title: 'Sign in',
    email: 'E-mail',
    password: 'Password',
    submit: 'Sign in',
  },
  pl: {
    claim: 'Twój lejek sprzedaży, zawsze aktualny.',
    demo: 'Rozejrzyj się w wersji demo',
    title: 'Logowanie',
    email: 'E-mail',
    password: 'Hasło',
    submit: 'Zaloguj',
  },
});
