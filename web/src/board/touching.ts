import { type RefObject, useEffect, useRef, useState } from 'react';

import type { Board } from './board';
import type { Card } from './documents';
import { lift } from './motion';
import type { Destination } from './pending';

const PRESS = 300; // ms that a finger rests on a card until it holds it; before that it scrolls
const TREMOR = 10; // px that it may move meanwhile
const EDGE = 44; // px from either side of the board within which a held card scrolls it
const PACE = 14; // px a frame

/** A card that a finger holds, and over what. */
export interface Held {
  dealId: string;
  over: Destination | undefined;
}

/** Carries a card with a finger that has rested on it, for browsers drag by touch each in their own way, or not at all. */
export function useTouch(columns: RefObject<HTMLElement | null>, board: Board, send: (card: Card, to: Destination) => void): Held | undefined {
  const [held, setHeld] = useState<Held>();
  const latest = useRef({ board, send });
  useEffect(() => void (latest.current = { board, send }));
  useEffect(
    () =>
      watchFingers(columns.current!, setHeld, ({ dealId, over }) => {
        const { board, send } = latest.current;
        const card = board.deals.get(dealId);
        if (card && over && !(typeof over === 'object' && over.stageId === card.stage.id)) send(card, over);
      }),
    [columns],
  );
  return held;
}

/** Tells what a finger holds over the columns, and what it lets go; ends with what stops it. */
function watchFingers(columns: HTMLElement, tell: (held: Held | undefined) => void, drop: (held: Held) => void): () => void {
  let letGo: (() => void) | undefined;

  function touch(event: TouchEvent) {
    letGo?.();
    const target = event.target as HTMLElement;
    const card = target.closest<HTMLElement>('[data-deal]');
    if (!card || event.touches.length > 1 || target.closest('.card-menu')) return;
    letGo = hold(columns, card, event, tell, drop, () => (letGo = undefined));
  }
  // What a long press brings up otherwise: a menu, or the browser's own dragging.
  const refuse = (event: Event) => letGo && event.preventDefault();
  // Safari asks before the touch whether somebody may want to keep it from scrolling.
  const keep = () => {};

  columns.addEventListener('touchstart', touch, { passive: true });
  columns.addEventListener('touchmove', keep, { passive: false });
  columns.addEventListener('contextmenu', refuse);
  columns.addEventListener('dragstart', refuse, true);
  return () => {
    letGo?.();
    columns.removeEventListener('touchstart', touch);
    columns.removeEventListener('touchmove', keep);
    columns.removeEventListener('contextmenu', refuse);
    columns.removeEventListener('dragstart', refuse, true);
  };
}

/** One finger on one card, from when it comes until it goes; ends with what takes the card from it. */
function hold(
  columns: HTMLElement,
  card: HTMLElement,
  { target, touches }: TouchEvent,
  tell: (held: Held | undefined) => void,
  drop: (held: Held) => void,
  onEnd: () => void,
): () => void {
  const begun = { x: touches[0]!.clientX, y: touches[0]!.clientY };
  const listening = new AbortController();
  let at = begun;
  let ghost: HTMLElement | undefined;
  let held: Held = { dealId: card.dataset.deal!, over: undefined };
  let frame = 0;

  const pressed = setTimeout(() => {
    ghost = lift(card);
    tell(held);
    carry();
  }, PRESS);

  function carry() {
    ghost!.style.transform = `translate(${at.x - begun.x}px, ${at.y - begun.y}px) rotate(2deg)`;
    const { left, right } = columns.getBoundingClientRect();
    if (at.x < left + EDGE) columns.scrollLeft -= PACE;
    if (at.x > right - EDGE) columns.scrollLeft += PACE;
    const over = destinationAt(at.x, at.y);
    if (JSON.stringify(over) !== JSON.stringify(held.over)) tell((held = { ...held, over }));
    frame = requestAnimationFrame(carry);
  }

  function move(event: TouchEvent) {
    at = { x: event.touches[0]!.clientX, y: event.touches[0]!.clientY };
    if (ghost) event.preventDefault();
    else if (Math.hypot(at.x - begun.x, at.y - begun.y) > TREMOR) end(); // it scrolls
  }

  function end() {
    clearTimeout(pressed);
    cancelAnimationFrame(frame);
    listening.abort();
    if (ghost) tell(undefined);
    ghost?.remove();
    onEnd();
  }

  function release(event: TouchEvent) {
    const isHeld = ghost !== undefined;
    const dropped = { ...held, over: destinationAt(at.x, at.y) };
    end();
    if (!isHeld) return;
    event.preventDefault(); // or it were a click as well
    drop(dropped);
  }

  // On what was touched, which goes on being told of the finger when it is taken out of the page.
  const { signal } = listening;
  (target as HTMLElement).addEventListener('touchmove', move, { passive: false, signal });
  (target as HTMLElement).addEventListener('touchend', release, { signal });
  (target as HTMLElement).addEventListener('touchcancel', end, { signal });
  return end;
}

function destinationAt(x: number, y: number): Destination | undefined {
  const { stage, outcome } = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-stage], [data-outcome]')?.dataset ?? {};
  return stage ? { stageId: stage } : (outcome as Destination | undefined);
}
