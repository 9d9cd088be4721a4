import type { VariablesOf } from '../api/graphql';
import type { Inbox } from './documents';

type LeadFilter = NonNullable<VariablesOf<typeof Inbox>['filter']>;

/** The sources that leads may have, in the order they are offered. */
export const SOURCES = ['MANUAL', 'API', 'IMPORT', 'WEB_FORM', 'CHATBOT', 'LIVE_CHAT', 'PROSPECTOR', 'CONVERSION'] as const;
export type Source = (typeof SOURCES)[number];

/** What the inbox is narrowed down by, as the address has it. */
export interface Narrowing {
  search: string;
  ownerIds: string[];
  labelIds: string[];
  sources: Source[];
  archived: boolean;
}

/** Reads what is in the address; what it does not know is left out. */
export function readNarrowing(address: URLSearchParams): Narrowing {
  return {
    search: address.get('search') ?? '',
    ownerIds: address.getAll('owner'),
    labelIds: address.getAll('label'),
    sources: address.getAll('source').filter(isSource),
    archived: address.get('archived') === 'yes',
  };
}

/** The address's part that says it, empty where nothing is narrowed. */
export function writeNarrowing(narrowing: Narrowing): URLSearchParams {
  const address = new URLSearchParams();
  if (narrowing.search) address.set('search', narrowing.search);
  for (const each of narrowing.ownerIds) address.append('owner', each);
  for (const each of narrowing.labelIds) address.append('label', each);
  for (const each of narrowing.sources) address.append('source', each);
  if (narrowing.archived) address.set('archived', 'yes');
  return address;
}

/** The same as the API takes it. */
export function filterOf(narrowing: Narrowing): LeadFilter {
  const someOf = <Each>(list: Each[]) => (list.length ? list : undefined);
  return {
    archived: narrowing.archived,
    search: narrowing.search || undefined,
    ownerIds: someOf(narrowing.ownerIds),
    labelIds: someOf(narrowing.labelIds),
    sources: someOf(narrowing.sources),
  };
}

function isSource(text: string): text is Source {
  return SOURCES.includes(text as Source);
}
