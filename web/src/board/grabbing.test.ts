import { expect, test } from 'vitest';

import { carry, type Grab } from './grabbing';

const stages = ['first', 'second'];
const steps = (grab: Grab, ...way: (1 | -1)[]) => way.reduce((held, step) => carry(held, step, stages), grab).over;
const grab: Grab = { dealId: 'a', from: 'first', over: { stageId: 'first' } };

test('a card is carried through the stages, then over what ends it', () => {
  expect(steps(grab, 1)).toEqual({ stageId: 'second' });
  expect(steps(grab, 1, 1)).toBe('won');
  expect(steps(grab, 1, 1, 1)).toBe('lost');
  expect(steps(grab, 1, 1, 1, 1)).toBe('deleted');
});

test('at either end it stays, and it comes back the same way', () => {
  expect(steps(grab, -1)).toEqual({ stageId: 'first' });
  expect(steps(grab, 1, 1, 1, 1, 1)).toBe('deleted');
  expect(steps(grab, 1, 1, -1, -1)).toEqual({ stageId: 'first' });
});
