import { expect, test } from 'vitest';

import { embedOf } from './embed';

test('a name cannot end the attribute it is in', () => {
  expect(embedOf('https://crm.example', 'form', { name: 'Say "hi" <b>', path: '/forms/k' })).toContain('data-title="Say &quot;hi&quot; &lt;b>"');
});
