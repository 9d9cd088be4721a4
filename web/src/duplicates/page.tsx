import './page.css';

import { useState } from 'react';

import { ask } from '../api/ask';
import { useQuery } from '../api/query';
import { useFormat } from '../i18n/format';
import { useCommand } from '../records/command';
import { Refusal } from '../records/section';
import { Settings } from '../settings/frame';
import { Choose } from '../ui/choose';
import { notify } from '../ui/notices';
import { type Contact, type Duplicate, DuplicateOrganizations, DuplicatePeople, KeepSeparate, type Match, Unmerge } from './documents';
import { MergeDialog } from './merge';
import { linesOf } from './merging';
import { useTexts } from './texts';

type Pair = readonly [Contact, Contact];

/** Contacts that look like earlier ones: merged, or kept separate. What was merged here is undone here. */
export default function DuplicatesPage() {
  const texts = useTexts();
  const [kind, setKind] = useState<'people' | 'organizations'>('people');
  const [after, setAfter] = useState<string | null>(null);
  const { data, error, loading, reload } = useQuery(kind === 'people' ? DuplicatePeople : DuplicateOrganizations, { after });
  const command = useCommand();
  const [merging, setMerging] = useState<Pair>();
  const [merged, setMerged] = useState<Pair[]>([]);

  async function keep(contact: Contact, other: Contact) {
    const errors = await command.run(ask(KeepSeparate, { input: { contactId: contact.id, otherIds: [other.id] } }).then(data => data.keepContactsSeparate));
    if (errors.length === 0) notify(texts.kept(contact.name, other.name));
    reload();
  }

  async function undo(pair: Pair) {
    const errors = await command.run(ask(Unmerge, { input: { mergedId: pair[1].id } }).then(data => data.undoMerge));
    if (errors.length > 0) return;
    setMerged(known => known.filter(each => each !== pair));
    notify(texts.undone(pair[1].name));
    reload();
  }

  function done(survivor: Contact, other: Contact) {
    setMerging(undefined);
    setMerged(known => [...known, [survivor, other]]);
    reload();
  }

  return (
    <Settings part="contacts" error={error}>
      <Choose
        label={texts.kind}
        value={kind}
        onChange={value => {
          setKind(value as typeof kind);
          setAfter(null);
        }}
        choices={[
          { value: 'people', name: texts.people },
          { value: 'organizations', name: texts.organizations },
        ]}
      />
      <Refusal>{command.refusal}</Refusal>
      <ul className="settings-list">
        {merged.map(pair => (
          <li key={pair[1].id} className="panel settings-kept">
            <span className="duplicate-facts">
              <strong>{texts.merged(pair[1].name, pair[0].name)}</strong>
            </span>
            <button type="button" className="button" aria-label={texts.undoOf(pair[1].name)} disabled={command.busy} onClick={() => void undo(pair)}>
              {texts.undo}
            </button>
          </li>
        ))}
        {data?.page.nodes.map(each => (
          <Row key={each.contact.id} duplicate={each} onMerge={other => setMerging([other, each.contact])} onKeep={other => void keep(each.contact, other)} />
        ))}
      </ul>
      {data?.page.nodes.length === 0 && !loading && <p className="record-none">{data.page.pageInfo.hasNextPage ? texts.noneHere : texts.none}</p>}
      {(after !== null || data?.page.pageInfo.hasNextPage) && (
        <div className="dialog-buttons">
          {after !== null && (
            <button type="button" className="button" onClick={() => setAfter(null)}>
              {texts.first}
            </button>
          )}
          {data?.page.pageInfo.hasNextPage && (
            <button type="button" className="button" onClick={() => setAfter(data.page.pageInfo.endCursor)}>
              {texts.next}
            </button>
          )}
        </div>
      )}
      {merging && <MergeDialog pair={merging} onMerged={done} onClose={() => setMerging(undefined)} />}
    </Settings>
  );
}

function Row(props: { duplicate: Duplicate; onMerge: (other: Contact) => void; onKeep: (other: Contact) => void }) {
  const { contact, matches } = props.duplicate;
  const texts = useTexts();
  return (
    <li className="panel duplicate">
      <div className="duplicate-facts">
        <h2>{contact.name}</h2>
        {linesOf(contact).map(line => (
          <span key={line}>{line}</span>
        ))}
      </div>
      {matches.map(match => (
        <div key={match.contact.id} className="duplicate-match">
          <Other match={match} />
          <button type="button" className="button" aria-label={texts.compareOf(contact.name, match.contact.name)} onClick={() => props.onMerge(match.contact)}>
            {texts.compare}
          </button>
          <button type="button" className="button" data-kind="quiet" aria-label={texts.keepOf(contact.name, match.contact.name)} onClick={() => props.onKeep(match.contact)}>
            {texts.keep}
          </button>
        </div>
      ))}
    </li>
  );
}

function Other({ match }: { match: Match }) {
  const texts = useTexts();
  const format = useFormat();
  const reasons = format.list(match.reasons.map(reason => texts.reasons[reason]));
  return (
    <span className="duplicate-facts">
      <span>{`${texts.alike(format.percent(Math.round(match.score * 100)))}: ${reasons}`}</span>
      <strong>{match.contact.name}</strong>
      {linesOf(match.contact).map(line => (
        <span key={line}>{line}</span>
      ))}
    </span>
  );
}
