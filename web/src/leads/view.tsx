import '../records/records.css';

import { useEffect } from 'react';
import { Link } from 'wouter';

import { ask } from '../api/ask';
import { useLive } from '../api/live';
import { useQuery } from '../api/query';
import { useSignedIn } from '../api/session';
import { useFormat } from '../i18n/format';
import { Activities } from '../records/activities';
import { Choices, type RecordChoices } from '../records/documents';
import { Details } from '../records/facts';
import { Mail } from '../records/mail';
import { Notes } from '../records/notes';
import { useTexts as useRecordTexts } from '../records/texts';
import { CloseIcon } from '../ui/icons';
import { InboxChanged, Lead, UpdateLead } from './documents';
import { useTexts } from './texts';

/** One lead: what it has, and what it would have as a deal. */
export function LeadView(props: { id: string; onConvert: () => void; onClose: () => void }) {
  const { id } = props;
  const texts = useTexts();
  const common = useRecordTexts();
  const { account } = useSignedIn();
  const { data: choices } = useQuery(Choices, {});
  const { data, error, live } = useLive({
    read: signal => ask(Lead, { id }, signal),
    subject: id,
    revisionOf: data => data.pipelines[0]?.revision,
    changes: InboxChanged,
    of: {},
  });
  const lead = data?.lead;
  useSeen(lead);

  if (!data || !choices) return <p className="lone">{error?.message ?? common.loading}</p>;
  if (!lead) return <Gone conversion={data.conversion} />;
  return (
    <article className="record" aria-labelledby="record-title">
      <header className="record-head">
        <div>
          <p className="record-kind">
            {texts.lead} {lead.archivedAt && <span className="chip" data-tone="warn">{texts.archived}</span>}
            {live && <span className="chip" data-tone="live">{common.live}</span>}
          </p>
          <h1 id="record-title" className="page-title">{lead.title}</h1>
        </div>
        <div className="record-actions">
          {!lead.archivedAt && (
            <button type="button" className="button" data-kind="main" onClick={props.onConvert}>
              {texts.convert}
            </button>
          )}
          <button type="button" className="button" data-kind="quiet" data-shape="icon" aria-label={texts.close} onClick={props.onClose}>
            <CloseIcon />
          </button>
        </div>
      </header>
      <Details
        facts={lead}
        choices={choices}
        currency={account.currency}
        onSave={patch => ask(UpdateLead, { input: patch }).then(data => data.updateLead)}
      />
      <Activities activities={lead.activities.nodes} count={lead.activities.totalCount} parent={{ leadId: id }} users={choices.users} />
      <Notes notes={lead.notes.nodes} count={lead.notes.totalCount} parent={{ leadId: id }} users={choices.users} />
      <Mail messages={lead.mailMessages.nodes} parent={{ leadId: id }} dropAddress={lead.dropAddress} to={lead.person?.emails[0]} />
      <Cannot rows={choices.capabilities} onConvert={props.onConvert} />
    </article>
  );
}

/** A lead that is opened has been seen, once. */
function useSeen(lead: { id: string; isSeen: boolean } | null | undefined) {
  const unseen = lead && !lead.isSeen ? lead.id : undefined;
  useEffect(() => {
    // Where it is refused, the lead merely stays new.
    if (unseen) ask(UpdateLead, { input: { id: unseen, isSeen: true } }).catch(() => {});
  }, [unseen]);
}

function Gone({ conversion }: { conversion: { at: string; by: { name: string }; deal: { id: string; title: string } | null } | null }) {
  const texts = useTexts();
  const common = useRecordTexts();
  const format = useFormat();
  if (!conversion) return <p className="lone">{common.gone}</p>;
  return (
    <div className="lone">
      <p>{texts.converted(conversion.by.name, format.relative(conversion.at))}</p>
      {conversion.deal ? <Link href={`/deals/${conversion.deal.id}`}>{texts.openDeal(conversion.deal.title)}</Link> : <p>{texts.unseenDeal}</p>}
    </div>
  );
}

/** What is there for deals alone, greyed, and why. */
function Cannot({ rows, onConvert }: { rows: RecordChoices['capabilities']; onConvert: () => void }) {
  const texts = useTexts();
  return (
    <section className="panel record-section record-cannot" aria-labelledby="record-cannot">
      <header className="record-section-head">
        <h2 id="record-cannot">{texts.cannot}</h2>
        <button type="button" className="button" onClick={onConvert}>
          {texts.convert}
        </button>
      </header>
      <p>{texts.cannotWhy}</p>
      <ul>
        {rows
          .filter(row => row.deal && !row.lead)
          .map(row => (
            <li key={row.capability}>
              <strong>{texts.capabilities[row.capability]}</strong> {row.description}
            </li>
          ))}
      </ul>
    </section>
  );
}
