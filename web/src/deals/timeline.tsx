import { useFormat } from '../i18n/format';
import { Body } from '../records/mentions';
import { Section } from '../records/section';
import type { Change, TimelineItem } from './documents';
import { useTexts } from './texts';

/** What happened about a deal, latest first. */
export function Timeline({ items, hasMore }: { items: TimelineItem[]; hasMore: boolean }) {
  const texts = useTexts();
  const format = useFormat();
  return (
    <Section title={texts.timeline}>
      <ol className="timeline">
        {items.map((item, index) => (
          <li key={item.change?.id ?? item.note?.id ?? item.activity?.id ?? item.invoice?.id ?? item.document?.id ?? item.file?.id ?? item.message?.id ?? index}>
            <Item item={item} />
            <time dateTime={item.at}>{format.dayAndTime(item.at)}</time>
          </li>
        ))}
      </ol>
      {hasMore && <p className="record-none">{texts.earlier}</p>}
    </Section>
  );
}

function Item({ item }: { item: TimelineItem }) {
  const texts = useTexts();
  const say = useChange();
  if (item.change) return <p>{say(item.change)}</p>;
  if (item.note) {
    return (
      <div>
        <p>
          <strong>{item.note.author.name}</strong> {texts.wrote}
        </p>
        <Body text={item.note.body} mentions={item.note.mentions} />
      </div>
    );
  }
  if (item.activity) {
    const { assignee, doneAt, subject } = item.activity;
    return (
      <p>
        <strong>{assignee.name}</strong> {doneAt ? texts.activityDone(subject) : texts.activityPlanned(subject)}
      </p>
    );
  }
  if (item.document) return <p>{texts.documentMade(item.document.name)}</p>;
  if (item.file) return <p>{texts.fileAdded(item.file.name)}</p>;
  if (item.message) return <p>{texts.mailed(item.message.subject, item.message.status === 'RECEIVED')}</p>;
  return <p>{item.invoice && texts.invoiceIssued(item.invoice.number ?? '')}</p>;
}

/** Says a change as a sentence. */
function useChange() {
  const texts = useTexts();
  return (change: Change) => {
    const way = texts.ways[change.way];
    return (
      <>
        <strong>{change.actor?.name ?? texts.system}</strong> {sentence(change)} {way && <span className="chip">{way}</span>}
      </>
    );
  };

  function sentence(change: Change): string {
    switch (change.event) {
      case 'CREATED':
        return texts.created;
      case 'CONVERTED':
        return texts.converted;
      case 'REMOVED':
        return texts.removed;
      case 'REVIVED':
        return texts.revived;
      default:
        return field(change);
    }
  }

  function field(change: Change): string {
    const name = texts.fields[change.field ?? ''] ?? change.field ?? '';
    const from = shown(change, 'old');
    const to = shown(change, 'new');
    const isList = change.field === 'labels' || change.field === 'participants';
    if (from && to) return texts.changed(name, from, to);
    if (to) return isList ? texts.added(to, name) : texts.set(name, to);
    return texts.cleared(name, from ?? '…');
  }
}

/** One side of a change as text; what the viewer may not see is nothing. */
export function shown(change: Change, side: 'old' | 'new'): string | undefined {
  const of = <Value,>(old: Value, now: Value) => (side === 'old' ? old : now);
  switch (change.field) {
    case 'stage':
      return of(change.oldStage, change.newStage)?.name;
    case 'owner':
      return of(change.oldOwner, change.newOwner)?.name;
    case 'person':
    case 'participants':
      return of(change.oldPerson, change.newPerson)?.name;
    case 'organization':
      return of(change.oldOrganization, change.newOrganization)?.name;
    case 'labels':
      return of(change.oldLabel, change.newLabel)?.name;
    default:
      return of(change.oldValue, change.newValue) ?? undefined;
  }
}
