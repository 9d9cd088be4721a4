import { graphql, type FragmentOf, type VariablesOf } from '../api/graphql';
import type { UpdateDeal } from '../deals/documents';
import type { Pickable } from '../ui/pick';
import { moneyOf } from './money';

export const CustomValue = graphql(`
  fragment CustomValue on CustomFieldValue {
    field { id name type }
    text
    number
    money { amount currency }
    date
    option { id name }
    person { id name }
    organization { id name }
    user { id name }
  }
`);

export const CustomFieldFacts = graphql(`
  fragment CustomFieldFacts on CustomField {
    id
    name
    type
    isRequired
    options { id name isActive }
  }
`);

export type Value = FragmentOf<typeof CustomValue>;
export type Field = FragmentOf<typeof CustomFieldFacts>;
export type ValueInput = NonNullable<VariablesOf<typeof UpdateDeal>['input']['customFields']>[number];

/** What somebody is writing into a field: text for what is written, ids for what is chosen. */
export interface Entry {
  text: string;
  currency: string;
  ids: string[];
  picked: Pickable | null;
}

/** The values by their fields' names, in the fields' order. */
export function byField(values: readonly Value[]): [string, Value[]][] {
  const fields = new Map<string, Value[]>();
  for (const value of values) fields.set(value.field.name, [...(fields.get(value.field.name) ?? []), value]);
  return [...fields];
}

/** The values of one field, as they are begun to be edited. */
export function entryOf(field: Field, values: readonly Value[], currency: string): Entry {
  const own = values.filter(value => value.field.id === field.id);
  const [value] = own;
  return {
    text: value?.text ?? value?.number ?? value?.money?.amount ?? value?.date ?? '',
    currency: value?.money?.currency ?? currency,
    ids: own.flatMap(({ option, user }) => (option ? [option.id] : user ? [user.id] : [])),
    picked: value?.person ?? value?.organization ?? null,
  };
}

/** What is sent for a field; null in its member where it was emptied. */
export function inputOf(field: Field, entry: Entry): ValueInput {
  const customFieldId = field.id;
  const text = entry.text.trim() || null;
  switch (field.type) {
    case 'TEXT':
      return { customFieldId, text };
    case 'NUMBER':
      return { customFieldId, number: moneyOf(entry.text, '')?.amount ?? null };
    case 'MONEY':
      return { customFieldId, money: moneyOf(entry.text, entry.currency) };
    case 'DATE':
      return { customFieldId, date: text };
    case 'OPTION':
    case 'MULTI_OPTION':
      return { customFieldId, optionIds: entry.ids };
    case 'PERSON':
      return { customFieldId, personId: entry.picked?.id ?? null };
    case 'ORGANIZATION':
      return { customFieldId, organizationId: entry.picked?.id ?? null };
    case 'USER':
      return { customFieldId, userId: entry.ids[0] ?? null };
  }
}

/** The fields whose entries differ from what they were begun with, as they are sent. */
export function changedInputs(fields: readonly Field[], begun: Record<string, Entry>, now: Record<string, Entry>): ValueInput[] {
  return fields
    .filter(({ id }) => JSON.stringify(begun[id]) !== JSON.stringify(now[id]))
    .map(field => inputOf(field, now[field.id]!));
}
