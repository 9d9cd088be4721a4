import { expect, test } from 'vitest';

import { card } from './given';
import { neighbourOf, stageOf, walk } from './walking';

const listOf = (...ids: string[]) => ids.map(id => card(id, 'any'));
const cards = new Map([
  ['first', listOf('a', 'b', 'c')],
  ['empty', []],
  ['last', listOf('d')],
]);

test('arrows go up and down in a stage, and past an empty one to the next', () => {
  expect(walk(cards, 'a', 'ArrowDown')).toBe('b');
  expect(walk(cards, 'b', 'ArrowUp')).toBe('a');
  expect(walk(cards, 'c', 'ArrowRight')).toBe('d');
  expect(walk(cards, 'd', 'ArrowLeft')).toBe('a');
});

test('at the edges there is nowhere to go', () => {
  expect(['ArrowUp', 'ArrowLeft'].map(key => walk(cards, 'a', key))).toEqual([undefined, undefined]);
  expect(['ArrowDown', 'ArrowRight'].map(key => walk(cards, 'd', key))).toEqual([undefined, undefined]);
  expect(walk(cards, 'gone', 'ArrowLeft')).toBeUndefined();
});

test('the focus of a card that leaves goes to the nearest that stays', () => {
  expect(['a', 'c', 'd'].map(id => neighbourOf(cards, id))).toEqual(['b', 'b', 'a']);
  expect(neighbourOf(new Map([['first', listOf('a')]]), 'a')).toBeUndefined();
  expect(stageOf(cards, 'd')).toBe('last');
});
