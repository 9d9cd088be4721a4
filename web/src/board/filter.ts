import type { VariablesOf } from '../api/graphql';
import type { Card, ReadBoard } from './documents';

type DealFilter = NonNullable<VariablesOf<typeof ReadBoard>['filter']>;

/** What the board is narrowed down by, as the address has it. */
export interface Narrowing {
  search: string;
  ownerIds: string[];
  labelIds: string[];
}

export const EVERYTHING: Narrowing = { search: '', ownerIds: [], labelIds: [] };

/** Reads what is in the address. */
export function readNarrowing(address: URLSearchParams): Narrowing {
  return {
    search: address.get('search') ?? '',
    ownerIds: address.getAll('owner'),
    labelIds: address.getAll('label'),
  };
}

/** The address's part that says it, empty where nothing is narrowed. */
export function writeNarrowing({ search, ownerIds, labelIds }: Narrowing): URLSearchParams {
  const address = new URLSearchParams();
  if (search) address.set('search', search);
  for (const each of ownerIds) address.append('owner', each);
  for (const each of labelIds) address.append('label', each);
  return address;
}

/** The same as the API takes it. */
export function filterOf({ search, ownerIds, labelIds }: Narrowing): DealFilter {
  return {
    search: search || undefined,
    ownerIds: ownerIds.length ? ownerIds : undefined,
    labelIds: labelIds.length ? labelIds : undefined,
  };
}

/** Whether a deal matches; the server's filter says the same of those that are read. */
export function matches(card: Card, { search, ownerIds, labelIds }: Narrowing): boolean {
  return (
    (!ownerIds.length || ownerIds.includes(card.owner.id)) &&
    (!labelIds.length || card.labels.some(label => labelIds.includes(label.id))) &&
    fold(card.title).includes(fold(search))
  );
}

// Letters that Unicode does not decompose into a base letter and a mark.
const UNDECOMPOSED: Record<string, string> = { ł: 'l', đ: 'd', ø: 'o', æ: 'ae', œ: 'oe', ı: 'i', ß: 'ss' };

/** The text without case, diacritics or repeated spaces, as the server compares it: `Łódź  SA` becomes `lodz sa`. */
export function fold(text: string): string {
  const bare = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return bare.replace(/[łđøæœıß]/g, letter => UNDECOMPOSED[letter]!).split(/\s+/).filter(Boolean).join(' ');
}
