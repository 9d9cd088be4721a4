import { expect, test } from 'vitest';

import { moneyOf } from './money';

test('an amount may be typed as it is written in Polish', () => {
  expect(moneyOf('1 234,50', ' pln')).toEqual({ amount: '1234.50', currency: 'PLN' });
});

test('nothing typed is no amount', () => {
  expect(moneyOf('  ', 'EUR')).toBeNull();
});
