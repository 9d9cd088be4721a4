import { expect, test } from 'vitest';

import { draftOf, inputOf, newDraft } from './draft';

const labels = { name: 'Name', email: 'E-mail', message: 'Message' };

test('a form that makes leads has no stage, whatever was chosen before', () => {
  const draft = { ...newDraft('EN', labels), stageId: 's' };
  expect(inputOf(draft).stageId).toBeNull();
  expect(inputOf({ ...draft, target: 'DEAL' }).stageId).toBe('s');
});

test('a form survives being edited', () => {
  const draft = { ...newDraft('PL', labels), name: 'Kontakt', ownerIds: ['u'], intro: 'Napisz' };
  const { fields, ownerIds, stageId, ...same } = inputOf(draft);
  const form = { ...same, id: 'f', path: '/forms/k', version: 1, stage: null, owners: [{ id: 'u', name: 'U' }] };
  const shown = { ...form, fields: fields.map(field => ({ ...field, customField: null })), submissions: { totalCount: 0, nodes: [] } };
  expect(draftOf(shown as unknown as Parameters<typeof draftOf>[0])).toEqual(draft);
  expect([ownerIds, stageId]).toEqual([['u'], null]);
});
