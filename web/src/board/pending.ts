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

/** The cards of each stage. A list stays the same object as long as it has the same cards. */
export type Cards = ReadonlyMap<string, readonly Card[]>;

/** What the server has told of each stage, the latest to enter first; `before` is what it was. */
export function cardsByStage(board: Board, before?: Cards): Cards {
  const since = new Map(board.columns.map(column => [column.id, column.since ?? '']));
  const cards = new Map<string, Card[]>(board.columns.map(column => [column.id, []]));
  for (const card of board.deals.values()) {
    if (card.stageEnteredAt >= since.get(card.stage.id)!) cards.get(card.stage.id)!.push(card);
  }
  return new Map([...cards].map(([stageId, list]) => [stageId, kept(before?.get(stageId), list.sort(byEntry))]));
}

/** The same with pending moves applied: the last one of each deal counts. */
export function withPending(cards: Cards, board: Board, pending: readonly Pending[]): Cards {
  if (!pending.length) return cards;
  const shown = new Map(cards);
  for (const [dealId, to] of new Map(pending.map(each => [each.dealId, each.to]))) {
    const card = board.deals.get(dealId);
    if (!card || (typeof to === 'object' && to.stageId === card.stage.id)) continue;
    shown.set(card.stage.id, shown.get(card.stage.id)!.filter(each => each !== card));
    if (typeof to === 'object') shown.set(to.stageId, [card, ...(shown.get(to.stageId) ?? [])]);
  }
  return shown;
}

// Those that entered at the same moment stay as the server had them.
function byEntry(one: Card, other: Card): number {
  if (one.stageEnteredAt === other.stageEnteredAt) return 0;
  return one.stageEnteredAt < other.stageEnteredAt ? 1 : -1;
}

function kept(before: readonly Card[] | undefined, now: readonly Card[]): readonly Card[] {
  return before?.length === now.length && before.every((card, index) => card === now[index]) ? before : now;
}
