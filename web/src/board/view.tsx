import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';

import { RequestFailed } from '../api/ask';
import { announce, notify } from '../ui/notices';
import type { Board } from './board';
import { ColumnView } from './column';
import type { Card } from './documents';
import { useDragging } from './dragging';
import { type Narrowing, writeNarrowing } from './filter';
import { Missing, useBoard } from './following';
import { nameOf } from './grabbing';
import { BoardHead, type Choices } from './head';
import { useKeyboard } from './keyboard';
import { Leaving } from './leaving';
import { NewDeal } from './new';
import { Outcomes } from './outcomes';
import { type Cards, cardsByStage, type Destination, type Pending, withPending } from './pending';
import { type Texts, useTexts } from './texts';
import { useTouch } from './touching';

/** One pipeline's board. */
export function BoardView(props: {
  pipelineId: string;
  choices: Choices | undefined;
  narrowing: Narrowing;
  onNarrow: (narrowing: Narrowing) => void;
}) {
  const texts = useTexts();
  const [, navigate] = useLocation();
  const followed = useBoard(props.pipelineId, props.narrowing);
  const [isNew, setIsNew] = useState(false);
  const { board, error } = followed;
  if (!board) return <p className="lone">{error ? reasonOf(error, texts) : texts.loading}</p>;
  return (
    <div className="board">
      <BoardHead
        {...props}
        name={board.name}
        live={followed.live}
        onPipeline={id => navigate(`/pipelines/${id}`)}
        onNew={() => setIsNew(true)}
      />
      {error && !isUnreached(error) && <p className="refusal">{reasonOf(error, texts)}</p>}
      <Columns board={board} filtered={writeNarrowing(props.narrowing).size > 0} {...followed} />
      {isNew && <NewDeal stages={board.columns} owners={props.choices?.users ?? []} onClose={() => setIsNew(false)} />}
    </div>
  );
}

function Columns(props: {
  board: Board;
  filtered: boolean;
  pending: readonly Pending[];
  send: (card: Card, to: Destination, lostReason?: string) => Promise<string | undefined>;
  more: (stageId: string) => void;
}) {
  const texts = useTexts();
  const { board } = props;
  const element = useRef<HTMLDivElement>(null);
  const [leaving, setLeaving] = useState<{ card: Card; to: 'lost' | 'deleted' }>();
  const tell = useTold(props.send, board, texts);
  const send = useCallback(
    (card: Card, to: Destination) => (to === 'lost' || to === 'deleted' ? setLeaving({ card, to }) : void tell(card, to)),
    [tell],
  );

  const before = useRef<Cards>(undefined);
  const told = useMemo(() => (before.current = cardsByStage(board, before.current)), [board]);
  const settled = useMemo(() => withPending(told, board, props.pending), [told, board, props.pending]);
  const keyboard = useKeyboard(element, board, settled, send);
  const { grab } = keyboard;
  const shown = useMemo(
    () => (grab ? withPending(told, board, [...props.pending, { id: 'grab', dealId: grab.dealId, to: placeOf(grab.over, grab.from) }]) : settled),
    [told, board, props.pending, grab, settled],
  );
  const isDragging = useDragging(board, send);
  const held = useTouch(element, board, send);
  const over = grab?.over ?? held?.over;

  return (
    <>
      <p id="board-hint" hidden>
        {texts.hint}
      </p>
      <div ref={element} className="columns" data-carrying={held && ''} role="group" aria-label={texts.stages} tabIndex={-1} onKeyDown={keyboard.onKeyDown} onBlur={keyboard.onBlur}>
        {board.columns.map(column => {
          const cards = shown.get(column.id) ?? [];
          const isHere = keyboard.focusedId !== undefined && cards.some(card => card.id === keyboard.focusedId);
          return (
            <ColumnView
              key={column.id}
              column={column}
              cards={cards}
              stages={board.columns}
              filtered={props.filtered}
              focusedId={isHere ? keyboard.focusedId : undefined}
              grabbedId={grab?.dealId ?? held?.dealId}
              isOver={typeof over === 'object' && over.stageId === column.id}
              onFocus={keyboard.onFocus}
              onSend={send}
              onMore={props.more}
            />
          );
        })}
      </div>
      {(isDragging || grab || held) && <Outcomes over={over} />}
      {leaving && (
        <Leaving
          title={leaving.card.title}
          to={leaving.to}
          onClose={() => setLeaving(undefined)}
          onConfirm={reason => {
            setLeaving(undefined);
            void tell(leaving.card, leaving.to, reason);
          }}
        />
      )}
    </>
  );
}

// Over an outcome a card stays where it was: it does not leave before it is dropped.
function placeOf(over: Destination, from: string): Destination {
  return typeof over === 'string' ? { stageId: from } : over;
}

/** Sends a card and tells what became of it. */
function useTold(
  send: (card: Card, to: Destination, lostReason?: string) => Promise<string | undefined>,
  board: Board,
  texts: Texts,
) {
  const latest = useRef({ board, texts });
  useEffect(() => void (latest.current = { board, texts }));
  return useCallback(
    async (card: Card, to: Destination, lostReason?: string) => {
      const refusal = await send(card, to, lostReason).catch((error: Error) => reasonOf(error, latest.current.texts));
      const { board, texts } = latest.current;
      if (refusal) notify(texts.refused(card.title, refusal), 'danger');
      else announce(texts.moved(card.title, nameOf(to, board, texts)));
    },
    [send],
  );
}

function reasonOf(error: Error, texts: Texts): string {
  if (error instanceof Missing) return texts.missing;
  return isUnreached(error) ? texts.unreached : error.message;
}

// Above every page it says so already.
function isUnreached(error: Error): boolean {
  return error instanceof RequestFailed && error.unreached;
}
