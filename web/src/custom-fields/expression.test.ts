import { expect, test } from 'vitest';

import { readable } from './expression';

const fields = [
  { id: 'custom_field_1', name: 'Budget' },
  { id: 'custom_field_2', name: 'Rate [net]' },
];

test('fields are read by their names, but for those that cannot be written so and those that are gone', () => {
  expect(readable('value - {custom_field_1} * 2', fields)).toBe('value - [Budget] * 2');
  expect(readable('{custom_field_2} + {custom_field_3}', fields)).toBe('{custom_field_2} + {custom_field_3}');
});
