import { expect, test } from 'vitest';

import type { Told } from './documents';
import { aboutOf, LONGEST, tell } from './log';

const told = (revision: string, more: object = {}) =>
  ({ __typename: 'LeadAdded', revision, at: '', actor: null, lead: { id: 'l', title: 'Roof' }, ...more }) as unknown as Told;

test('what was told stands in the order of revisions, latest first, each once', () => {
  const log = ['9', '11', '10', '11'].reduce<Told[]>((known, revision) => tell(known, told(revision)), []);
  expect(log.map(each => each.revision)).toEqual(['11', '10', '9']);
});

test('that it is live is nothing that happened', () => {
  expect(tell([], told('9', { __typename: 'CaughtUp' }))).toEqual([]);
});

test('the log does not grow without end', () => {
  let log: Told[] = [];
  for (let revision = 0; revision < LONGEST + 5; revision++) log = tell(log, told(String(revision)));
  expect(log.length).toBe(LONGEST);
});

test('an event says what it is about', () => {
  expect(aboutOf(told('1', { fields: ['title', 'value'] }))).toBe('Roof · title, value');
});
