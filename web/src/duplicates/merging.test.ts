import { expect, test } from 'vitest';

import type { Contact } from './documents';
import { differences, linesOf } from './merging';

const company = (name: string, domain: string | null, address: string | null = null) =>
  ({ __typename: 'Organization', id: name, name, domain, address, version: 1 }) as Contact;

test('only what both have, and have otherwise, is asked about', () => {
  expect(differences(company('Lipa', 'lipa.example'), company('Lipa sp. z o.o.', 'lipa.example', 'Łódź'))).toEqual([
    { field: 'NAME', survivors: 'Lipa', others: 'Lipa sp. z o.o.' },
  ]);
});

test('what a contact lacks is no line', () => {
  expect(linesOf(company('Lipa', null, 'Łódź'))).toEqual(['Łódź']);
});
