import { expect, test } from 'vitest';

import { applyChange, applyPage, type Board, boardOf, drop, put } from './board';
import { all, card, moved, pageOf, pipeline, removed, told } from './given';

const changed = (board: Board, ...changes: Parameters<typeof applyChange>[1][]): Board =>
  changes.reduce((known, change) => {
    const next = applyChange(known, change, all);
    if (next === 'again') throw new Error('to be read again');
    return next;
  }, board);

test('a move that is told shows the deal in its new stage, with the totals that were told', () => {
  const board = changed(boardOf(pipeline({ first: [card('a', 'first')] }, '5')), moved(card('a', 'second'), '6'));
  expect(board.deals.get('a')!.stage.id).toBe('second');
  expect(board.columns.map(column => column.totals.count)).toEqual([0, 1]);
  expect(board.revision).toBe('6');
});

test('a change that the reading has already is not applied again', () => {
  const board = boardOf(pipeline({ second: [card('a', 'second')] }, '10'));
  expect(changed(board, moved(card('a', 'first'), '9'))).toBe(board);
});

test('a change of rights is told in several events, the first of them of the revision that is there', () => {
  const board = boardOf(pipeline({ first: [card('a', 'first'), card('b', 'first')] }, '5'));
  expect(changed(board, removed('a', '5'), removed('b', '6')).deals.size).toBe(0);
});

test('revisions are compared as numbers, however long', () => {
  const board = changed(boardOf(pipeline({ first: [card('a', 'first')] }, '9')), moved(card('a', 'second'), '10'));
  expect(board.revision).toBe('10');
});

test('a deal that is closed, gone, moved away or filtered out is not shown', () => {
  const board = boardOf(pipeline({ first: [card('a', 'first')] }, '1'));
  expect(put(board, card('a', 'first', { status: 'WON' }), '2', all).deals.size).toBe(0);
  expect(put(board, card('a', 'elsewhere'), '2', all).deals.size).toBe(0);
  expect(put(board, card('a', 'first'), '2', () => false).deals.size).toBe(0);
  expect(changed(board, removed('a', '2')).deals.size).toBe(0);
});

test('a page that was read before a change does not undo it, one read after it is believed', () => {
  const board = changed(boardOf(pipeline({}, '1')), moved(card('a', 'second'), '5'), removed('b', '6'));
  const old = applyPage(board, 'first', pageOf([card('a', 'first'), card('b', 'first')]), '4');
  expect([...old.deals.values()].map(each => each.stage.id)).toEqual(['second']);
  const fresh = applyPage(board, 'first', pageOf([card('b', 'first')]), '7');
  expect(fresh.deals.has('b')).toBe(true);
  expect(changed(fresh, removed('b', '7')).deals.has('b')).toBe(false);
});

test("a command's own answer and its event may come in either order", () => {
  const board = boardOf(pipeline({ first: [card('a', 'first')] }, '1'));
  const event = moved(card('a', 'second'), '2');
  const answer = (known: Board) => put(known, card('a', 'second'), '3', all);
  expect(changed(answer(board), event).deals).toEqual(answer(changed(board, event)).deals);
  expect(changed(drop(board, 'a', '1'), removed('a', '2')).deals.size).toBe(0);
});

test('what cannot be told is read again', () => {
  const board = boardOf(pipeline({}, '7'));
  expect(applyChange(board, told('Resync', '2'), all)).toBe('again');
  expect(applyChange(board, told('PipelineReshaped', '8'), all)).toBe('again');
  expect(applyChange(board, told('CaughtUp', '9'), all)).toMatchObject({ revision: '9' });
});

test('windows that read at different revisions, and pages that come at any time, end up the same', () => {
  // What each change leaves: which stage a deal is in, if any.
  const steps: [string, string | undefined][] = [['a', 'second'], ['b', undefined], ['c', 'first'], ['a', 'first'], ['c', undefined], ['b', 'second']];
  const states = [new Map([['a', 'first'], ['b', 'first']])];
  for (const [id, stage] of steps) {
    const next = new Map(states.at(-1));
    if (stage) next.set(id, stage);
    else next.delete(id);
    states.push(next);
  }
  const changes = steps.map(([id, stage], index) => (stage ? moved(card(id, stage), `${index + 1}`) : removed(id, `${index + 1}`)));
  const within = (revision: number, stage: string) => [...states[revision]!].filter(([, at]) => at === stage).map(([id]) => card(id, stage));
  const stagesOf = (board: Board) => [...board.deals].map(([id, deal]) => `${id} ${deal.stage.id}`).sort();
  const last = [...states.at(-1)!].map(([id, stage]) => `${id} ${stage}`).sort();

  for (let read = 0; read <= steps.length; read++)
    for (let page = 0; page <= steps.length; page++)
      for (let comes = read; comes <= steps.length; comes++) {
        const begun = boardOf(pipeline({ first: within(read, 'first'), second: within(read, 'second') }, `${read}`));
        const before = changed(begun, ...changes.slice(read, comes));
        const paged = applyPage(before, 'first', pageOf(within(page, 'first')), `${page}`);
        expect(stagesOf(changed(paged, ...changes.slice(comes))), `read at ${read}, a page of ${page} came at ${comes}`).toEqual(last);
      }
});
