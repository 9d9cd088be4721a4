import { print } from '@0no-co/graphql.web';
import { initGraphQLTada, type TadaDocumentNode } from 'gql.tada';

import type { introspection } from './schema';

/** Writes a document whose data and variables have the types of schema.graphql. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { DateTime: string; Date: string; Decimal: string; Revision: string };
}>();

export type { FragmentOf, ResultOf, VariablesOf } from 'gql.tada';
export type Document<Data, Variables> = TadaDocumentNode<Data, Variables>;

const texts = new WeakMap<object, string>();

/** The document as it is sent. */
export function textOf(document: Document<any, any>): string {
  const known = texts.get(document);
  if (known) return known;
  const text = print(document as Parameters<typeof print>[0]);
  texts.set(document, text);
  return text;
}
