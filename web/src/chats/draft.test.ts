import { expect, test } from 'vitest';

import { draftOf, inputOf, isEnd, withoutStep, withStep } from './draft';

const given = {
  ...{ name: 'Ask us', language: 'EN' as const, greeting: null, isActive: true },
  steps: [
    { key: 'what', says: 'A quote?', asks: null, choices: [{ label: 'Yes', next: 'mail' }, { label: 'No', next: null }], next: null, qualifies: false },
    { key: 'mail', says: 'Where to?', asks: 'EMAIL' as const, choices: [], next: null, qualifies: true },
  ],
};
const chat = { ...given, id: 'c', path: '/chats/k', owner: { id: 'u', name: 'U' } };

test('a chat survives being edited', () => {
  expect(inputOf(draftOf(chat))).toEqual({ ...given, ownerId: 'u' });
});

test('what led to a step that is removed is an end', () => {
  const [what] = withoutStep(draftOf(chat).steps, 'mail');
  expect(what?.choices.map(each => each.next)).toEqual(['', '']);
  expect(isEnd(what!)).toBe(true);
});

test('a new step follows the last one, under a key of its own', () => {
  const steps = withStep(withStep(draftOf(chat).steps));
  expect(steps.map(each => [each.key, each.next])).toEqual([['what', ''], ['mail', 'step-3'], ['step-3', 'step-4'], ['step-4', '']]);
  expect(new Set(withStep(withoutStep(steps, 'step-3')).map(each => each.key)).size).toBe(4);
});
