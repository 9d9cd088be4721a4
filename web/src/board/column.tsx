import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef, useState } from 'react';

import { useFormat } from '../i18n/format';
import type { Column } from './board';
import { CardView } from './card';
import type { Card } from './documents';
import type { Destination } from './pending';
import { useTexts } from './texts';

const HEIGHT = 118; // of a card, until it is measured
const AHEAD = 20; // cards before the end at which the next page is read

/** A stage: what is in it, and a place to drop cards on. Only the cards in sight are in the page. */
export const ColumnView = memo(function ColumnView(props: {
  column: Column;
  cards: readonly Card[];
  stages: readonly Column[];
  filtered: boolean;
  /** The card that the keyboard is on, if it is here. */
  focusedId: string | undefined;
  grabbedId: string | undefined;
  isOver: boolean;
  onFocus: (dealId: string) => void;
  onSend: (card: Card, to: Destination) => void;
  onMore: (stageId: string) => void;
}) {
  const { column, cards, onMore } = props;
  const texts = useTexts();
  const section = useRef<HTMLElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [isOver, setIsOver] = useState(false);
  const focused = cards.findIndex(card => card.id === props.focusedId);
  const rows = useVirtualizer({
    count: cards.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
    getItemKey: index => cards[index]!.id,
    gap: 8,
    overscan: 4,
    rangeExtractor: range => {
      const indexes = defaultRangeExtractor(range);
      if (focused < 0 || indexes.includes(focused)) return indexes;
      return [...indexes, focused].sort((one, other) => one - other); // or the focus would be lost
    },
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;

  useEffect(
    () =>
      dropTargetForElements({
        element: section.current!,
        getData: () => ({ stageId: column.id }),
        onDragEnter: () => setIsOver(true),
        onDragLeave: () => setIsOver(false),
        onDrop: () => setIsOver(false),
      }),
    [column.id],
  );
  useEffect(() => {
    if (column.next && last >= cards.length - AHEAD) onMore(column.id);
  }, [column.next, column.id, last, cards.length, onMore]);
  useEffect(() => {
    if (focused >= 0) rows.scrollToIndex(focused);
    // Only when the focus comes to another card, not whenever the list changes.
  }, [props.focusedId, focused < 0]);

  return (
    <section ref={section} className="column" data-stage={column.id} data-over={isOver || props.isOver ? '' : undefined} aria-labelledby={`stage-${column.id}`}>
      <ColumnHead column={column} filtered={props.filtered} />
      <div className="column-scroll" ref={scroller}>
        {cards.length === 0 && <p className="column-empty">{props.filtered ? texts.emptyFiltered : texts.empty}</p>}
        <ul className="column-cards" style={{ height: rows.getTotalSize() }}>
          {items.map(({ index, key, start }) => (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              aria-posinset={index + 1}
              aria-setsize={column.next ? -1 : cards.length}
              style={{ transform: `translateY(${start}px)` }}
            >
              <CardView
                card={cards[index]!}
                stages={props.stages}
                stageId={column.id}
                isGrabbed={cards[index]!.id === props.grabbedId}
                isStop={focused < 0 ? index === items[0]?.index : index === focused}
                onFocus={props.onFocus}
                onSend={props.onSend}
              />
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
});

function ColumnHead({ column, filtered }: { column: Column; filtered: boolean }) {
  const texts = useTexts();
  const format = useFormat();
  const { count, value, weightedValue } = column.totals;
  return (
    <header className="column-head">
      <h2 id={`stage-${column.id}`}>{column.name}</h2>
      <span className="chip column-count">
        <span aria-hidden="true">{filtered ? texts.matching(column.matching, count) : format.number(count)}</span>
        <span className="for-readers">{filtered ? texts.matching(column.matching, count) : texts.count(count)}</span>
      </span>
      <p className="column-totals">
        <span title={`${texts.total}: ${value.map(format.exactMoney).join(' · ')}`}>
          <span className="for-readers">{texts.total}: </span>
          {value.map(format.shortMoney).join(' · ') || '–'}
        </span>
        <span className="column-weighted" title={`${texts.weighted}: ${weightedValue.map(format.exactMoney).join(' · ')}`}>
          <span className="for-readers">{texts.weighted}: </span>
          {weightedValue.length > 0 && `≈ ${weightedValue.map(format.shortMoney).join(' · ')}`}
        </span>
      </p>
    </header>
  );
}
