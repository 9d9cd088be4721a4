import { expect, test } from 'vitest';

import { draftOf, inputOf } from './draft';

test('a product survives being edited', () => {
  const product = {
    ...{ id: 'p', name: 'Roof', code: 'R-1', description: null, unit: 'm²', taxRate: '23', isActive: true, version: 3 },
    prices: [{ price: { amount: '100.00', currency: 'PLN' } }],
  };
  expect(inputOf(draftOf(product, 'EUR'))).toEqual({
    ...{ name: 'Roof', code: 'R-1', description: null, unit: 'm²', taxRate: '23', isActive: true },
    prices: [{ amount: '100.00', currency: 'PLN' }],
  });
});

test('a price without an amount is none, and no tax is zero', () => {
  expect(inputOf({ ...draftOf(undefined, 'PLN'), name: 'Roof' })).toMatchObject({ prices: [], taxRate: '0', code: null });
});
