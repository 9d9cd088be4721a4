import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useRef, useState } from 'react';

import { daysBetween, useFormat } from '../i18n/format';
import { useTexts as useRecordTexts } from '../records/texts';
import { Avatar } from '../ui/avatar';
import { Check } from '../ui/check';
import { LabelMark } from '../ui/mark';
import type { Lead } from './documents';
import { useTexts } from './texts';

const ROW = 74; // as in page.css

/** The leads, one below the other; only those in sight are in the page. Arrow keys go from one to the next. */
export function LeadList(props: {
  leads: Lead[];
  loading: boolean;
  filtered: boolean;
  openId: string | undefined;
  chosen: string[];
  onChoose: (ids: string[]) => void;
  onOpen: (id: string) => void;
  onMore: (() => void) | undefined;
}) {
  const { leads, chosen } = props;
  const texts = useTexts();
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(-1);
  const rows = useVirtualizer({
    count: leads.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: index => leads[index]!.id,
    overscan: 8,
    rangeExtractor: range => withFocused(range, focused),
  });

  function move(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = focused + (step ?? 0);
    if (!step || focused < 0 || next < 0 || next >= leads.length) return;
    event.preventDefault();
    rows.scrollToIndex(next);
    setFocused(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] a`)?.focus());
  }

  if (!leads.length) {
    return <p className="lone">{props.loading ? '' : props.filtered ? texts.emptyFiltered : texts.empty}</p>;
  }
  const all = chosen.length === leads.length;
  return (
    <>
      <div className="inbox-all">
        <Check label={texts.chooseAll} checked={all} some={chosen.length > 0} onChange={() => props.onChoose(all ? [] : leads.map(each => each.id))} />
        <span aria-hidden="true">{texts.chooseAll}</span>
      </div>
      <div className="inbox-scroll" ref={scroller}>
        <ul className="inbox-list" aria-label={texts.list} style={{ height: rows.getTotalSize() }} onKeyDown={move}>
          {rows.getVirtualItems().map(({ index, key, start }) => (
            <Row
              key={key}
              lead={leads[index]!}
              index={index}
              of={leads.length}
              start={start}
              isOpen={leads[index]!.id === props.openId}
              isChosen={chosen.includes(leads[index]!.id)}
              onFocus={() => setFocused(index)}
              onOpen={props.onOpen}
              onChoose={id => props.onChoose(chosen.includes(id) ? chosen.filter(each => each !== id) : [...chosen, id])}
            />
          ))}
        </ul>
        {props.onMore && (
          <button type="button" className="button inbox-more" onClick={props.onMore}>
            {texts.more}
          </button>
        )}
      </div>
    </>
  );
}

/** The row that has the focus stays in the page, or the focus would be lost with it. */
function withFocused(range: Range, focused: number): number[] {
  const indexes = defaultRangeExtractor(range);
  if (focused < 0 || focused >= range.count || indexes.includes(focused)) return indexes;
  return [...indexes, focused].sort((one, other) => one - other);
}

function Row(props: {
  lead: Lead;
  index: number;
  of: number;
  start: number;
  isOpen: boolean;
  isChosen: boolean;
  onFocus: () => void;
  onOpen: (id: string) => void;
  onChoose: (id: string) => void;
}) {
  const { lead } = props;
  const texts = useTexts();
  const common = useRecordTexts();
  const format = useFormat();
  const contact = [lead.person?.name, lead.organization?.name].filter(Boolean).join(' · ');
  return (
    <li
      className="inbox-row"
      data-index={props.index}
      data-open={props.isOpen ? '' : undefined}
      aria-posinset={props.index + 1}
      aria-setsize={props.of}
      style={{ transform: `translateY(${props.start}px)` }}
      onFocus={props.onFocus}
    >
      <Check label={texts.choose(lead.title)} checked={props.isChosen} onChange={() => props.onChoose(lead.id)} />
      <a
        href={`/leads/${lead.id}`}
        className="inbox-link"
        aria-current={props.isOpen ? 'true' : undefined}
        onClick={event => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          props.onOpen(lead.id);
        }}
      >
        <span className="inbox-title" data-new={lead.isSeen ? undefined : ''}>
          {lead.title}
          {!lead.isSeen && <span className="for-readers"> ({texts.unseen})</span>}
        </span>
        <span className="inbox-value">{lead.value && format.money(lead.value)}</span>
        <span className="inbox-contact">{contact}</span>
        <Avatar name={lead.owner.name} />
        <span className="inbox-marks">
          <Due at={lead.nextActivity?.dueAt} />
          <span className="chip">{common.sources[lead.source]}</span>
          {lead.labels.map(label => (
            <LabelMark key={label.id} {...label} />
          ))}
        </span>
        <span className="inbox-age">{format.relative(lead.createdAt)}</span>
      </a>
    </li>
  );
}

function Due({ at }: { at: string | null | undefined }) {
  const texts = useTexts();
  const format = useFormat();
  if (!at) return null;
  const days = daysBetween(new Date(), new Date(at));
  if (days < 0) return <span className="chip" data-tone="danger">{texts.overdue(format.relative(at))}</span>;
  return <span className="chip" data-tone={days === 0 ? 'warn' : undefined}>{texts.due(format.relative(at))}</span>;
}
