import { expect, test } from 'vitest';

import { partsOf } from './mentions';

const anna = { id: 'VXNlcjox', name: 'Anna' };

test('who is mentioned comes between the texts', () => {
  expect(partsOf('Ask @[VXNlcjox], please', [anna])).toEqual(['Ask ', anna, ', please']);
});

test('who is not known stays as written', () => {
  expect(partsOf('@[nobody] and @[VXNlcjox]', [anna])).toEqual(['@[nobody] and ', anna]);
});
