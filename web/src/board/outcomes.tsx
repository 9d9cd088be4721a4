import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type ComponentType, useEffect, useRef, useState } from 'react';

import { ThumbDownIcon, TrashIcon, TrophyIcon } from '../ui/icons';
import type { Destination } from './pending';
import { useTexts } from './texts';

const OUTCOMES = ['won', 'lost', 'deleted'] as const;
const ICONS = { won: TrophyIcon, lost: ThumbDownIcon, deleted: TrashIcon };

/** Where a card is dropped to leave the board; shown while one is carried. */
export function Outcomes({ over }: { over: Destination | undefined }) {
  const texts = useTexts();
  const names = { won: texts.won, lost: texts.lost, deleted: texts.remove };
  return (
    <div className="outcomes">
      {OUTCOMES.map(outcome => (
        <Outcome key={outcome} outcome={outcome} name={names[outcome]} Icon={ICONS[outcome]} isOver={over === outcome} />
      ))}
    </div>
  );
}

function Outcome(props: { outcome: (typeof OUTCOMES)[number]; name: string; Icon: ComponentType; isOver: boolean }) {
  const element = useRef<HTMLDivElement>(null);
  const [isOver, setIsOver] = useState(false);
  useEffect(
    () =>
      dropTargetForElements({
        element: element.current!,
        getData: () => ({ outcome: props.outcome }),
        onDragEnter: () => setIsOver(true),
        onDragLeave: () => setIsOver(false),
      }),
    [props.outcome],
  );
  return (
    <div ref={element} className="outcome" data-outcome={props.outcome} data-over={isOver || props.isOver ? '' : undefined}>
      <props.Icon /> {props.name}
    </div>
  );
}
