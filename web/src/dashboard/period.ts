/** The periods that can be looked at; all: since the first deal. */
export const PERIODS = ['month', 'quarter', 'year', 'all'] as const;
export type Period = (typeof PERIODS)[number];

/** The first day of the period that a day lies in, as the API takes it; undefined for all. */
export function beginOf(period: Period, today: Date): string | undefined {
  if (period === 'all') return undefined;
  const month = { month: today.getMonth(), quarter: Math.floor(today.getMonth() / 3) * 3, year: 0 }[period];
  return `${today.getFullYear()}-${String(month + 1).padStart(2, '0')}-01`;
}

/** The share of a part, in percent; 0 of nothing. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 100);
}
