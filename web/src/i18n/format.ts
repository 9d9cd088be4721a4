import { type Locale, useLocale } from './locale';

export interface Money {
  amount: string;
  currency: string;
}

/** How numbers, money and times are written in a language. */
export interface Format {
  number(value: number): string;
  percent(value: number): string;
  /** Whole units: what a card has room for. */
  money(money: Money): string;
  /** To the last unit of the currency. */
  exactMoney(money: Money): string;
  /** 1.2M: what a column's head has room for. */
  shortMoney(money: Money): string;
  day(instant: string | Date): string;
  dayAndTime(instant: string | Date): string;
  /** "in 3 days", "yesterday". */
  relative(instant: string | Date, now?: Date): string;
  list(items: string[]): string;
  /** 1.2 MB: how large a file is. */
  bytes(count: number): string;
}

const DAY = 86_400_000;

function makeFormat(locale: Locale): Format {
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent' });
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
  const dayAndTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const list = new Intl.ListFormat(locale);
  const currencies = new Map<string, Intl.NumberFormat>();

  // The amount stays a string of decimal digits: Intl reads it exactly, a number would not.
  function money({ amount, currency }: Money, options: Intl.NumberFormatOptions): string {
    const key = currency + JSON.stringify(options);
    const known = currencies.get(key) ?? new Intl.NumberFormat(locale, { style: 'currency', currency, ...options });
    currencies.set(key, known);
    return known.format(amount as Intl.StringNumericLiteral);
  }

  return {
    number: value => number.format(value),
    percent: value => percent.format(value / 100),
    money: value => money(value, { maximumFractionDigits: 0 }),
    exactMoney: value => money(value, {}),
    shortMoney: value => money(value, { notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1 }),
    day: instant => day.format(new Date(instant)),
    dayAndTime: instant => dayAndTime.format(new Date(instant)),
    relative: (instant, now = new Date()) => relative.format(daysBetween(now, new Date(instant)), 'day'),
    list: items => list.format(items),
    bytes: count => sized(locale, count),
  };
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];

function sized(locale: Locale, count: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)));
  const options = { style: 'unit', unit: UNITS[step], unitDisplay: 'short', maximumFractionDigits: step ? 1 : 0 } as const;
  return new Intl.NumberFormat(locale, options).format(count / 1000 ** step);
}

/** Midnights from one instant to another, where the reader is. */
export function daysBetween(from: Date, to: Date): number {
  const midnight = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
  return Math.round((midnight(to) - midnight(from)) / DAY);
}

const formats = { en: makeFormat('en'), pl: makeFormat('pl') };

/** How numbers, money and times are written in the page's language. */
export function useFormat(): Format {
  return formats[useLocale()];
}
