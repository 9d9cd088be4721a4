import { expect, test } from 'vitest';

import { answerTo } from './mail-answers';

test('an answer to an answer says so once', () => {
  expect(answerTo('Offer')).toBe('Re: Offer');
  expect(answerTo('RE: Offer')).toBe('RE: Offer');
});
