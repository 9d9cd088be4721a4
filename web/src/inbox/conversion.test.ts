import { expect, test } from 'vitest';

import { contactsOf, counted, type Duplicate, faultsByLead, keepOthers, onceEach, reasonsOf, type Result, unanswered } from './conversion';

const duplicate = (lead: string, contact: string) =>
  ({ lead: { id: lead, title: lead }, contact: { id: contact, name: contact }, matches: [] }) as unknown as Duplicate;

test('a contact of two leads is asked about once', () => {
  expect(onceEach([duplicate('l1', 'c1'), duplicate('l2', 'c1'), duplicate('l3', 'c2')]).map(each => each.contact.id)).toEqual(['c1', 'c2']);
});

test('keeping a contact is an answer too', () => {
  const review = [duplicate('l1', 'c1'), duplicate('l2', 'c2')];
  expect(unanswered(review, { c1: null }).map(each => each.contact.id)).toEqual(['c2']);
  expect(contactsOf({ c1: null, c2: 'c9' })).toEqual([
    { contactId: 'c1', useContactId: null },
    { contactId: 'c2', useContactId: 'c9' },
  ]);
});

test('faults are found by the place of their lead', () => {
  const faults = faultsByLead(['l1', 'l2'], [
    { code: 'INVALID', message: 'one', path: ['leadIds', '1'] },
    { code: 'INVALID', message: 'two', path: ['leadIds', '1', 'value'] },
    { code: 'NOT_FOUND', message: 'all', path: ['stageId'] },
  ]);
  expect(faults).toEqual(new Map([['l2', ['one', 'two']], ['', ['all']]]));
});

test('outcomes are counted, and what did not happen is not told', () => {
  const results = ['FAILED', 'CONVERTED', 'CONVERTED'].map(outcome => ({ outcome }) as Result);
  expect(counted(results)).toEqual([['CONVERTED', 2], ['FAILED', 1]]);
});

test('keeping the others leaves the answers given', () => {
  const review = [duplicate('l1', 'c1'), duplicate('l2', 'c2')];
  expect(keepOthers(review, { c1: 'c9' })).toEqual({ c1: 'c9', c2: null });
});

test('a reason is told once, with how many leads it holds for', () => {
  const results = ['full', 'full', 'gone'].map(message => ({ errors: [{ message }] }) as unknown as Result);
  expect([...reasonsOf(results)]).toEqual([['full', 2], ['gone', 1]]);
});
