/** What somebody typed as an amount, as the API takes it: spaces gone, a comma as the point; null for nothing. */
export function moneyOf(amount: string, currency: string): { amount: string; currency: string } | null {
  const plain = amount.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.');
  return plain === '' ? null : { amount: plain, currency: currency.trim().toUpperCase() };
}
