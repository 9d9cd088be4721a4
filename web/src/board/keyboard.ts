import { type FocusEvent, type KeyboardEvent, type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

import { announce } from '../ui/notices';
import type { Board } from './board';
import type { Card } from './documents';
import { carry, type Grab, isSame, nameOf } from './grabbing';
import type { Cards, Destination } from './pending';
import { useTexts } from './texts';
import { neighbourOf, stageOf, walk } from './walking';

const FRAMES = 20; // until a card that was scrolled to is in the page

/** The keyboard on the board: arrows go from card to card; Space picks one up, and then they carry it. */
export function useKeyboard(
  columns: RefObject<HTMLElement | null>,
  board: Board,
  cards: Cards,
  send: (card: Card, to: Destination) => void,
) {
  const texts = useTexts();
  const [grab, setGrab] = useState<Grab>();
  const [focusedId, setFocusedId] = useState<string>();
  const [wanted, setWanted] = useState<{ dealId: string }>();
  const stageIds = board.columns.map(column => column.id);
  useFocus(columns, wanted);
  useEffect(() => {
    if (!grab) return;
    const release = () => setGrab(undefined);
    addEventListener('pointerdown', release);
    return () => removeEventListener('pointerdown', release);
  }, [grab]);
  useEffect(() => {
    if (grab && !board.deals.has(grab.dealId)) setGrab(undefined); // somebody else took it off the board
  }, [grab, board]);

  function focus(dealId: string) {
    setFocusedId(dealId);
    setWanted({ dealId });
  }

  function onKeyDown(event: KeyboardEvent) {
    const link = event.target as HTMLElement;
    const dealId = link.matches('.card-title') ? link.closest<HTMLElement>('[data-deal]')?.dataset.deal : undefined;
    const card = dealId ? board.deals.get(dealId) : undefined;
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    const handled = grab ? onCarrying(event.key, card, grab) : onWalking(event.key, card);
    if (handled) event.preventDefault();
  }

  function onCarrying(key: string, card: Card, held: Grab): boolean {
    switch (key) {
      case 'ArrowLeft':
      case 'ArrowRight': {
        const next = carry(held, key === 'ArrowRight' ? 1 : -1, stageIds);
        setGrab(next);
        announce(texts.over(nameOf(next.over, board, texts)));
        focus(card.id);
        return true;
      }
      case 'Enter':
      case ' ':
        setGrab(undefined);
        focus(typeof held.over === 'string' ? (neighbourOf(cards, card.id) ?? card.id) : card.id);
        if (isSame(held.over, { stageId: held.from })) announce(texts.back(card.title));
        else send(card, held.over);
        return true;
      case 'Escape':
      case 'Tab':
        setGrab(undefined);
        announce(texts.back(card.title));
        focus(card.id);
        return true;
      default:
        return key.startsWith('Arrow');
    }
  }

  function onWalking(key: string, card: Card): boolean {
    if (key === ' ') {
      const from = stageOf(cards, card.id);
      if (from === undefined) return false;
      setGrab({ dealId: card.id, from, over: { stageId: from } });
      announce(texts.grabbed(card.title, nameOf({ stageId: from }, board, texts)));
      return true;
    }
    const next = walk(cards, card.id, key);
    if (next) focus(next);
    return key.startsWith('Arrow');
  }

  // A card that moves is taken out of the page and comes elsewhere: the focus, lost with it, follows it there.
  const isWithin = useRef(false);
  useLayoutEffect(() => {
    if (isWithin.current && focusedId && document.activeElement === document.body) setWanted({ dealId: focusedId });
  }, [cards, grab, focusedId]);
  const onFocus = useCallback((dealId: string) => {
    isWithin.current = true;
    setFocusedId(dealId);
  }, []);
  const onBlur = useCallback((event: FocusEvent) => {
    if (event.target.isConnected) isWithin.current = false;
  }, []);
  return { grab, focusedId, onFocus, onBlur, onKeyDown };
}

/** Gives a card the focus: at once where it is in the page, else as soon as its column has scrolled to it. */
function useFocus(columns: RefObject<HTMLElement | null>, wanted: { dealId: string } | undefined): void {
  useLayoutEffect(() => {
    if (!wanted) return;
    let frame = 0;
    const attempt = (left: number) => {
      const link = columns.current?.querySelector<HTMLElement>(`[data-deal="${CSS.escape(wanted.dealId)}"] .card-title`);
      if (link) link.focus();
      else if (left > 0) frame = requestAnimationFrame(() => attempt(left - 1));
    };
    attempt(FRAMES);
    return () => cancelAnimationFrame(frame);
  }, [columns, wanted]);
}
