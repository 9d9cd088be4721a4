import type { Page } from './board';
import type { Card, Pipeline, Told } from './documents';

// What the tests of the board's pure parts begin with.

/** Lets everything through. */
export const all = () => true;

/** A deal in a stage. */
export function card(id: string, stageId: string, more: Partial<Card> = {}): Card {
  return {
    id,
    title: `Deal ${id}`,
    status: 'OPEN',
    version: 1,
    value: null,
    owner: { id: 'anna', name: 'Anna' },
    person: null,
    organization: null,
    labels: [],
    nextActivity: null,
    stage: { id: stageId },
    stageEnteredAt: '2026-11-01T00:00:00Z',
    isRotten: false,
    ...more,
  };
}

/** A page of a stage's deals; the last one where nothing comes after it. */
export function pageOf(nodes: Card[], endCursor: string | null = null): Page {
  return { nodes, pageInfo: { hasNextPage: endCursor !== null, endCursor } };
}

/** A pipeline of two stages, as it is read. */
export function pipeline(cards: { first?: Card[]; second?: Card[] }, revision: string): Pipeline {
  const stages = (['first', 'second'] as const).map(id => ({
    id,
    name: id,
    totals: totalsOf(cards[id]?.length ?? 0),
    deals: pageOf(cards[id] ?? []),
  }));
  return { id: 'pipeline', name: 'Sales', revision, stages };
}

/** That a deal has moved into the second stage, the only one with a deal. */
export function moved(deal: Card, revision: string): Told {
  const stages = [
    { id: 'first', totals: totalsOf(0) },
    { id: 'second', totals: totalsOf(1) },
  ];
  return { __typename: 'DealMoved', revision, clientMutationId: null, actor: null, stages, deal };
}

/** That a deal is gone. */
export function removed(dealId: string, revision: string): Told {
  return { __typename: 'DealRemoved', revision, clientMutationId: null, actor: null, stages: [], dealId };
}

/** Something that is not about a deal. */
export function told(name: 'Resync' | 'CaughtUp' | 'PipelineReshaped', revision: string): Told {
  return { __typename: name, revision, clientMutationId: null, actor: null, stages: [] };
}

function totalsOf(count: number) {
  return { count, value: [], weightedValue: [] };
}
