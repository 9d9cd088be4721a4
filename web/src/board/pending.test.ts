import { expect, test } from 'vitest';

import { type Board, boardOf, put } from './board';
import { all, card, pageOf, pipeline } from './given';
import { cardsByStage, type Pending, withPending } from './pending';

const shown = (board: Board, pending: Pending[]) =>
  Object.fromEntries([...withPending(cardsByStage(board), board, pending)].map(([stage, cards]) => [stage, cards.map(each => each.id)]));

const at = (day: number) => `2026-11-0${day}T00:00:00Z`;

test('the latest to enter a stage comes first, and the server breaks ties', () => {
  const cards = [card('new', 'first', { stageEnteredAt: at(3) }), card('one', 'first'), card('other', 'first')];
  expect(shown(boardOf(pipeline({ first: cards }, '1')), [])).toEqual({ first: ['new', 'one', 'other'], second: [] });
});

test('a pending move is shown at once, and dropping it rolls it back', () => {
  const board = boardOf(pipeline({ first: [card('a', 'first'), card('b', 'first')], second: [card('c', 'second')] }, '1'));
  const move = { id: 'mine', dealId: 'b', to: { stageId: 'second' } };
  expect(shown(board, [move])).toEqual({ first: ['a'], second: ['b', 'c'] });
  expect(shown(board, [])).toEqual({ first: ['a', 'b'], second: ['c'] });
});

test('the last of several moves of a deal counts, and back to its stage is where it was', () => {
  const board = boardOf(pipeline({ first: [card('a', 'first'), card('b', 'first')] }, '1'));
  const moves = [
    { id: '1', dealId: 'b', to: { stageId: 'second' } },
    { id: '2', dealId: 'b', to: { stageId: 'first' } },
  ];
  expect(shown(board, moves)).toEqual({ first: ['a', 'b'], second: [] });
});

test('a deal that is being won, lost or deleted leaves at once', () => {
  const board = boardOf(pipeline({ first: [card('a', 'first')] }, '1'));
  for (const to of ['won', 'lost', 'deleted'] as const) {
    expect(shown(board, [{ id: '1', dealId: 'a', to }]).first).toEqual([]);
  }
});

test('a deal below what was read of a stage waits for its page, so that none before it is missed', () => {
  const read = pipeline({}, '1');
  read.stages[0]!.deals = pageOf([card('a', 'first', { stageEnteredAt: at(5) })], 'cursor');
  const board = boardOf(read);
  const older = card('z', 'first', { stageEnteredAt: at(2) });
  expect(shown({ ...board, deals: new Map(board.deals).set('z', older) }, []).first).toEqual(['a']);
});

test('a list stays the same while its cards do, so that only what changed is drawn again', () => {
  const board = boardOf(pipeline({ first: [card('a', 'first')], second: [card('b', 'second')] }, '1'));
  const before = cardsByStage(board);
  const after = cardsByStage(put(board, card('a', 'first', { title: 'Renamed' }), '2', all), before);
  expect(after.get('second')).toBe(before.get('second'));
  expect(after.get('first')![0]!.title).toBe('Renamed');
});
