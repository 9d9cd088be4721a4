import type { Card } from './documents';
import type { Cards } from './pending';

/** The stage that a deal is shown in. */
export function stageOf(cards: Cards, dealId: string): string | undefined {
  return [...cards].find(([, list]) => list.some(card => card.id === dealId))?.[0];
}

/** The card that an arrow key leads to: up and down in the stage; left and right to the next stage that has one. */
export function walk(cards: Cards, dealId: string, key: string): string | undefined {
  const stages = [...cards.values()];
  const here = stages.findIndex(list => list.some(card => card.id === dealId));
  const at = stages[here]?.findIndex(card => card.id === dealId) ?? -1;
  switch (key) {
    case 'ArrowDown':
      return stages[here]?.[at + 1]?.id;
    case 'ArrowUp':
      return stages[here]?.[at - 1]?.id;
    case 'ArrowRight':
      return beside(stages.slice(here + 1), at);
    case 'ArrowLeft':
      return beside(stages.slice(0, Math.max(here, 0)).reverse(), at);
    default:
      return undefined;
  }
}

/** Who takes the focus when a card leaves the board. */
export function neighbourOf(cards: Cards, dealId: string): string | undefined {
  for (const key of ['ArrowDown', 'ArrowUp', 'ArrowRight', 'ArrowLeft']) {
    const found = walk(cards, dealId, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

function beside(stages: (readonly Card[])[], at: number): string | undefined {
  const there = stages.find(list => list.length > 0);
  return there?.[Math.min(at, there.length - 1)]?.id;
}
