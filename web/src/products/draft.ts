import { moneyOf } from '../records/money';
import type { Product, ProductInput } from './documents';

/** A product as it is being written: every text is there, empty for none. */
export interface Draft {
  name: string;
  code: string;
  description: string;
  unit: string;
  taxRate: string;
  isActive: boolean;
  prices: { amount: string; currency: string }[];
}

/** A product that is there, to be changed; or what a new one begins with. */
export function draftOf(product: Product | undefined, currency: string): Draft {
  return {
    name: product?.name ?? '',
    code: product?.code ?? '',
    description: product?.description ?? '',
    unit: product?.unit ?? '',
    taxRate: product?.taxRate ?? '',
    isActive: product?.isActive ?? true,
    prices: product?.prices.map(each => each.price) ?? [{ amount: '', currency }],
  };
}

/** The draft as the API takes it; prices without an amount are none. */
export function inputOf({ prices, taxRate, ...draft }: Draft): ProductInput {
  return {
    name: draft.name,
    code: draft.code.trim() || null,
    description: draft.description.trim() || null,
    unit: draft.unit.trim() || null,
    isActive: draft.isActive,
    taxRate: taxRate.trim().replace(',', '.') || '0',
    prices: prices.flatMap(({ amount, currency }) => moneyOf(amount, currency) ?? []),
  };
}
