import { expect, test } from 'vitest';

import { guessed, mappingOf } from './mapping';

test('what nobody chose a field for is left out', () => {
  const chosen = guessed([
    { name: 'Firma', samples: ['Stal'], field: 'ORGANIZATION', customFieldId: null },
    { name: 'Uwagi', samples: [''], field: null, customFieldId: null },
    { name: 'Branża', samples: ['IT'], field: null, customFieldId: 'field_1' },
  ]);
  expect(mappingOf(chosen)).toEqual([
    { column: 'Firma', field: 'ORGANIZATION' },
    { column: 'Branża', customFieldId: 'field_1' },
  ]);
  expect(mappingOf({ ...chosen, Uwagi: 'NOTE' })).toHaveLength(3);
});
