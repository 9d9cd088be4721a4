import './page.css';

import { useId, useState } from 'react';
import { Link } from 'wouter';

import { ask } from '../api/ask';
import { useLive } from '../api/live';
import { useFormat } from '../i18n/format';
import { useCommand } from '../records/command';
import { Refusal, Section } from '../records/section';
import { Kept, Settings } from '../settings/frame';
import { announce } from '../ui/notices';
import { Leave, type Line, type Places, Usage, UsageChanged } from './documents';
import { useTexts } from './texts';

/** How full the plan is, told live, what would free places, and the leads that wait for one. */
export default function PlanPage() {
  const [after, setAfter] = useState<string | null>(null);
  const { data, error, reload } = useLive({
    read: signal => ask(Usage, { after }, signal),
    subject: after ?? '',
    revisionOf: data => data.pipelines[0]?.revision,
    changes: UsageChanged,
    of: {},
  });
  return (
    <Settings part="plan" error={error}>
      {data && <Meter {...data.viewer.account.plan} left={data.planPlaces.placesLeft} />}
      {data && <Freeing candidates={data.planPlaces.candidates} />}
      {data && <Waiting line={data.waitlist} isFirst={after === null} onTurn={setAfter} onChange={reload} />}
    </Settings>
  );
}

function Meter(props: { name: string; openDealLimit: number | null; openDealCount: number; left: number | null }) {
  const { name, openDealLimit: limit, openDealCount: count, left } = props;
  const texts = useTexts();
  const format = useFormat();
  const id = useId();
  return (
    <Section title={name}>
      <p>
        <span className="plan-count">{limit === null ? format.number(count) : `${format.number(count)} / ${format.number(limit)}`}</span>
      </p>
      <label htmlFor={limit === null ? undefined : id}>{limit === null ? texts.unlimited : texts.taken}</label>
      {limit !== null && <meter id={id} className="plan-meter" min={0} max={limit} high={limit * 0.8} optimum={0} value={Math.min(count, limit)} />}
      {left !== null && left > 0 && <p className="record-soft">{texts.placesLeft(left)}</p>}
      {limit !== null && count >= limit && <p className="refusal">{texts.full}</p>}
    </Section>
  );
}

/** The open deals that could give their places back, by reason. */
function Freeing({ candidates }: Pick<Places, 'candidates'>) {
  const texts = useTexts();
  const format = useFormat();
  return (
    <Section title={texts.freeing}>
      <p className="record-soft">{texts.freeingWhy}</p>
      <dl className="record-facts">
        {candidates.map(({ reason, count }) => (
          <div key={reason}>
            <dt>{texts.reasons[reason]}</dt>
            <dd>{format.number(count)}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function Waiting(props: { line: Line; isFirst: boolean; onTurn: (after: string | null) => void; onChange: () => void }) {
  const { line } = props;
  const texts = useTexts();
  const command = useCommand();

  async function leave(id: string, title: string) {
    const errors = await command.run(ask(Leave, { input: { ids: [id] } }).then(data => data.leaveWaitlist));
    if (errors.length === 0) announce(texts.left(title));
    props.onChange();
  }

  return (
    <Section title={texts.waiting} count={line.totalCount}>
      <p className="record-soft">{texts.waitingWhy}</p>
      {line.nodes.length === 0 && <p className="record-none">{texts.nobody}</p>}
      <Refusal>{command.refusal}</Refusal>
      <ol className="settings-list">
        {line.nodes.map(({ position, lead, requestedBy }) => (
          <Kept key={position} name={lead ? <Link href={`/leads/${lead.id}`}>{lead.title}</Link> : texts.hidden} about={texts.place(position, requestedBy.name)}>
            {lead && (
              <button type="button" className="button" aria-label={`${texts.leave}: ${lead.title}`} disabled={command.busy} onClick={() => void leave(lead.id, lead.title)}>
                {texts.leave}
              </button>
            )}
          </Kept>
        ))}
      </ol>
      {(!props.isFirst || line.pageInfo.hasNextPage) && (
        <div className="dialog-buttons">
          {!props.isFirst && (
            <button type="button" className="button" onClick={() => props.onTurn(null)}>
              {texts.first}
            </button>
          )}
          {line.pageInfo.hasNextPage && (
            <button type="button" className="button" onClick={() => props.onTurn(line.pageInfo.endCursor)}>
              {texts.next}
            </button>
          )}
        </div>
      )}
    </Section>
  );
}
