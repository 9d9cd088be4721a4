import { expect, test } from 'vitest';

import { beginOf, share } from './period';

test('a period begins on its first day', () => {
  const today = new Date(2026, 10, 25);
  expect([beginOf('month', today), beginOf('quarter', today), beginOf('year', today), beginOf('all', today)]).toEqual([
    '2026-11-01',
    '2026-10-01',
    '2026-01-01',
    undefined,
  ]);
});

test('a share of nothing is nothing', () => {
  expect([share(1, 3), share(0, 0)]).toEqual([33, 0]);
});
