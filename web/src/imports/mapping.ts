import type { Column, Field, Kind, Mapping } from './documents';

/** The fields that a column may be read as, in the order they are offered. */
export const FIELDS: readonly Field[] = [
  'TITLE', 'PERSON_NAME', 'FIRST_NAME', 'LAST_NAME', 'EMAIL', 'PHONE', 'ORGANIZATION', 'DOMAIN', 'ADDRESS', 'VALUE',
  'CURRENCY', 'LABELS', 'EXPECTED_CLOSE_DATE', 'OWNER', 'SOURCE', 'NOTE', 'EXTERNAL_ID',
  'PERSON_ID', 'ORGANIZATION_ID', 'VISIBILITY', 'PIPELINE', 'STAGE', 'STATUS', 'PROBABILITY', 'LOST_REASON', 'ARCHIVED',
  'PRODUCT', 'CODE', 'DESCRIPTION', 'UNIT', 'PRICE', 'TAX_RATE', 'ACTIVE', 'DEAL_ID', 'PRODUCT_ID', 'QUANTITY', 'DISCOUNT',
  'DISCOUNT_TYPE', 'TAX_METHOD', 'ENABLED', 'BILLING_FREQUENCY', 'BILLING_CYCLES', 'BILLING_STARTS_ON',
  'BILLS_ON', 'LEAD_ID', 'ACTIVITY_TYPE', 'DUE_AT', 'DONE_AT', 'CREATED_AT',
];

/** What rows may become. */
export const KINDS: readonly Kind[] = [
  'LEADS', 'DEALS', 'PEOPLE', 'ORGANIZATIONS', 'PRODUCTS', 'LINES', 'DISCOUNTS', 'INSTALLMENTS', 'NOTES',
  'ACTIVITIES',
];

/** What each column is read as: a field, or a custom one by its id; null: left out. */
export type Chosen = Record<string, string | null>;

/** What the server guesses. */
export function guessed(columns: readonly Column[]): Chosen {
  return Object.fromEntries(columns.map(({ name, field, customFieldId }) => [name, field ?? customFieldId]));
}

/** The choice as the API takes it. */
export function mappingOf(chosen: Chosen): Mapping {
  return Object.entries(chosen).flatMap(([column, meaning]) => {
    if (!meaning) return [];
    const field = FIELDS.find(each => each === meaning);
    return [field ? { column, field } : { column, customFieldId: meaning }];
  });
}
