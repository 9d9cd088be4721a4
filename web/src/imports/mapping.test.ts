import { expect, test } from 'vitest';

import { guessed, mappingOf } from './mapping';

test('what nobody chose a field for is left out', () => {
  const chosen = guessed([
    { name: 'Firma', samples: ['Stal'], field: 'ORGANIZATION' },
    { name: 'Uwagi', samples: [''], field: null },
  ]);
  expect(mappingOf(chosen)).toEqual([{ column: 'Firma', field: 'ORGANIZATION' }]);
  expect(mappingOf({ ...chosen, Uwagi: 'NOTE' })).toHaveLength(2);
});
