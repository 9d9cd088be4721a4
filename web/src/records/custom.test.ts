import { expect, test } from 'vitest';

import { changedInputs, entryOf, type Field, inputOf, type Value } from './custom';

const field = (id: string, type: Field['type']) => ({ id, name: id, type, isRequired: false, options: [] }) as Field;
const value = (of: Field, more: Partial<Value>) =>
  ({ field: of, text: null, number: null, money: null, date: null, option: null, person: null, organization: null, user: null, ...more }) as Value;

test('a field of several options has one value for each', () => {
  const sizes = field('f', 'MULTI_OPTION');
  const values = ['a', 'b'].map(id => value(sizes, { option: { id, name: id } }));
  expect(inputOf(sizes, entryOf(sizes, values, 'PLN'))).toEqual({ customFieldId: 'f', optionIds: ['a', 'b'] });
});

test('an emptied field is sent as null', () => {
  const empty = { text: ' ', currency: 'PLN', ids: [], picked: null };
  expect(inputOf(field('f', 'MONEY'), empty)).toEqual({ customFieldId: 'f', money: null });
  expect(inputOf(field('f', 'DATE'), empty)).toEqual({ customFieldId: 'f', date: null });
});

test('only what was changed is sent', () => {
  const fields = [field('a', 'TEXT'), field('b', 'NUMBER')];
  const begun = { a: entryOf(fields[0]!, [], 'PLN'), b: entryOf(fields[1]!, [], 'PLN') };
  const now = { ...begun, b: { ...begun.b, text: '1 234,5' } };
  expect(changedInputs(fields, begun, now)).toEqual([{ customFieldId: 'b', number: '1234.5' }]);
});
