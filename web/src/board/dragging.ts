import { monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { useEffect, useState } from 'react';

import type { Board } from './board';
import type { Card } from './documents';
import type { Destination } from './pending';

/** Sends what is dragged by mouse where it is dropped; true while something is. */
export function useDragging(board: Board, send: (card: Card, to: Destination) => void): boolean {
  const [isDragging, setIsDragging] = useState(false);
  useEffect(
    () =>
      monitorForElements({
        onDragStart: () => setIsDragging(true),
        onDrop({ source, location }) {
          setIsDragging(false);
          const card = board.deals.get(String(source.data.dealId));
          const to = destinationOf(location.current.dropTargets[0]?.data);
          if (card && to && !(typeof to === 'object' && to.stageId === card.stage.id)) send(card, to);
        },
      }),
    [board, send],
  );
  return isDragging;
}

function destinationOf(target: Record<string | symbol, unknown> | undefined): Destination | undefined {
  if (typeof target?.stageId === 'string') return { stageId: target.stageId };
  return target?.outcome as Destination | undefined;
}
