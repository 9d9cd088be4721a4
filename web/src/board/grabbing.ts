import type { Board } from './board';
import type { Destination } from './pending';
import type { Texts } from './texts';

/** A card that the keyboard holds, and over what. */
export interface Grab {
  dealId: string;
  /** Where it was taken from. */
  from: string;
  over: Destination;
}

/** Everything a card can be dropped on, from left to right. */
export function destinations(stageIds: readonly string[]): Destination[] {
  return [...stageIds.map(stageId => ({ stageId })), 'won', 'lost', 'deleted'];
}

/** The grab one step on; at either end it stays. */
export function carry(grab: Grab, step: 1 | -1, stageIds: readonly string[]): Grab {
  const all = destinations(stageIds);
  const at = all.findIndex(each => isSame(each, grab.over));
  return { ...grab, over: all[Math.max(0, Math.min(all.length - 1, at + step))]! };
}

/** Whether two are the same place. */
export function isSame(one: Destination, other: Destination): boolean {
  return typeof one === 'string' || typeof other === 'string' ? one === other : one.stageId === other.stageId;
}

/** What a place is called. */
export function nameOf(to: Destination, board: Board, texts: Texts): string {
  if (typeof to === 'string') return { won: texts.won, lost: texts.lost, deleted: texts.remove }[to];
  return board.columns.find(column => column.id === to.stageId)?.name ?? '';
}
