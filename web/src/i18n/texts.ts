import { type Locale, useLocale } from './locale';

/** The same texts in every language: TypeScript refuses one that is missing. */
type Written<Texts> = { en: Texts } & Record<Locale, NoInfer<Widened<Texts>>>;
type Widened<Texts> = {
  [Key in keyof Texts]: Texts[Key] extends string ? string : Texts[Key] extends (...given: infer Given) => string ? (...given: Given) => string : Widened<Texts[Key]>;
};

/** Keeps the texts of a page; the hook that it returns gives those of the present language. */
export function makeTexts<Texts extends object>(written: Written<Texts>): () => Widened<Texts> {
  return () => written[useLocale()] as Widened<Texts>;
}

const rules: Record<Locale, Intl.PluralRules> = { en: new Intl.PluralRules('en'), pl: new Intl.PluralRules('pl') };

/** "1 deal", "2 deals"; in Polish one, few and many are three words. */
export function plural(locale: Locale, count: number, forms: { one: string; few?: string; many?: string; other?: string }): string {
  const form = forms[rules[locale].select(count) as keyof typeof forms] ?? forms.many ?? forms.other ?? forms.one;
  return `${new Intl.NumberFormat(locale).format(count)} ${form}`;
}
