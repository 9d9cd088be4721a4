import { expect, test } from 'vitest';

import { filterOf, readNarrowing, writeNarrowing } from './filter';

test('what is narrowed survives the address', () => {
  const narrowing = { search: 'łódź & co', ownerIds: ['a', 'b'], labelIds: [], sources: ['API' as const], archived: true };
  expect(readNarrowing(new URLSearchParams(writeNarrowing(narrowing).toString()))).toEqual(narrowing);
});

test('an address that says nothing narrows nothing', () => {
  const nothing = readNarrowing(new URLSearchParams('source=NONSENSE&archived=maybe'));
  expect(writeNarrowing(nothing).toString()).toBe('');
  expect(filterOf(nothing)).toEqual({ archived: false });
});
