import type { Board } from './board';
import type { Card } from './documents';

/** Where a card goes: into a stage, or off the board. */
export type Destination = { stageId: string } | 'won' | 'lost' | 'deleted';

/** A move that is shown before the server has told of it. */
export interface Pending {
  /** The command's clientMutationId: it comes back with the change that the command made. */
  id: string;
  dealId: string;
  to: Destination;
}

/** What is shown in each stage, the latest to enter first: what the server told, with the pending moves applied. */
export function cardsByStage(board: Board, pending: readonly Pending[]): ReadonlyMap<string, readonly Card[]> {
  const going = new Map(pending.map(({ dealId, to }) => [dealId, to]));
  const since = new Map(board.columns.map(column => [column.id, column.since]));
  const shown = new Map<string, Card[]>(board.columns.map(column => [column.id, []]));
  const arriving = new Map<string, Card[]>();
  for (const card of board.deals.values()) {
    const to = going.get(card.id) ?? { stageId: card.stage.id };
    if (typeof to === 'string') continue;
    if (to.stageId !== card.stage.id) arriving.set(to.stageId, [card, ...(arriving.get(to.stageId) ?? [])]);
    else if (card.stageEnteredAt >= (since.get(to.stageId) ?? '')) shown.get(to.stageId)?.push(card);
  }
  for (const [stageId, cards] of shown) {
    cards.sort((one, other) => (one.stageEnteredAt < other.stageEnteredAt ? 1 : one.stageEnteredAt > other.stageEnteredAt ? -1 : 0));
    cards.unshift(...(arriving.get(stageId) ?? []));
  }
  return shown;
}
