import { expect, test } from 'vitest';

import { ANY, inputOf } from './wanted';

test('what is left empty is not asked for', () => {
  expect(inputOf(ANY)).toEqual({ industries: [], places: [], sizeFrom: null, sizeTo: null, most: 1000 });
  expect(inputOf({ ...ANY, most: ' ' })).not.toHaveProperty('most');
});

test('words stand between commas, and spaces around them are none of theirs', () => {
  const wanted = inputOf({ ...ANY, industries: 'meble, tartak ,', places: 'Zielona Góra', sizeFrom: '0', sizeTo: '250' });
  expect(wanted).toMatchObject({ industries: ['meble', 'tartak'], places: ['Zielona Góra'], sizeFrom: 0, sizeTo: 250 });
});
