import { expect, test } from 'vitest';

import { EVERYTHING, filterOf, fold, matches, readNarrowing, writeNarrowing } from './filter';
import { card } from './given';

test('what is narrowed survives the address', () => {
  const narrowing = { search: 'łódź & co', ownerIds: ['a', 'b'], labelIds: ['c'] };
  expect(readNarrowing(new URLSearchParams(writeNarrowing(narrowing).toString()))).toEqual(narrowing);
});

test('an address that says nothing narrows nothing', () => {
  expect(writeNarrowing(readNarrowing(new URLSearchParams('?color=red'))).toString()).toBe('');
  expect(filterOf(EVERYTHING)).toEqual({});
  expect(matches(card('a', 'first'), EVERYTHING)).toBe(true);
});

test('titles are compared as the server compares them', () => {
  expect(fold(' Łódź  SA ')).toBe('lodz sa');
  expect(matches(card('a', 'first', { title: 'Żółta  Łódź' }), { ...EVERYTHING, search: 'ZOLTA lodz' })).toBe(true);
});

test('any of several owners will do, and any of several labels, but both are wanted', () => {
  const deal = card('a', 'first', { labels: [{ id: 'hot', name: 'Hot', color: 'red' }] });
  expect(matches(deal, { search: '', ownerIds: ['anna', 'piotr'], labelIds: ['cold', 'hot'] })).toBe(true);
  expect(matches(deal, { search: '', ownerIds: ['piotr'], labelIds: ['hot'] })).toBe(false);
});
