import '../records/records.css';
import './page.css';

import { useState } from 'react';

import { ask } from '../api/ask';
import { useLive } from '../api/live';
import { useQuery } from '../api/query';
import { Choose } from '../ui/choose';
import { Choices, Dashboard, DashboardChanged } from './documents';
import { Ages, Forecast, Funnel, Outcomes, Reasons } from './figures';
import { beginOf, type Period, PERIODS } from './period';
import { useTexts } from './texts';

/** The figures of a pipeline, read anew after each change of it. */
export default function DashboardPage() {
  const texts = useTexts();
  const { data: choices, error } = useQuery(Choices, {});
  const [chosen, setPipeline] = useState<string>();
  const [period, setPeriod] = useState<Period>('year');
  const [ownerId, setOwner] = useState('');
  const pipelineId = chosen ?? choices?.pipelines[0]?.id;
  return (
    <div className="page-scroll">
      <div className="page record">
        <header className="dashboard-head">
          <h1 className="page-title">{texts.title}</h1>
          {choices && (
            <div className="dashboard-choices">
              <Choose label={texts.pipeline} value={pipelineId ?? ''} onChange={setPipeline} choices={choices.pipelines.map(({ id, name }) => ({ value: id, name }))} />
              <Choose label={texts.period} value={period} onChange={value => setPeriod(value as Period)} choices={PERIODS.map(value => ({ value, name: texts.periods[value] }))} />
              <Choose
                label={texts.owner}
                value={ownerId}
                onChange={setOwner}
                choices={[{ value: '', name: texts.everyone }, ...choices.users.map(({ id, name }) => ({ value: id, name }))]}
              />
            </div>
          )}
        </header>
        {error && <p className="refusal">{error.message}</p>}
        {pipelineId && <Shown pipelineId={pipelineId} period={period} ownerId={ownerId} />}
      </div>
    </div>
  );
}

function Shown({ pipelineId, period, ownerId }: { pipelineId: string; period: Period; ownerId: string }) {
  const texts = useTexts();
  const variables = { id: pipelineId, from: beginOf(period, new Date()), ownerIds: ownerId ? [ownerId] : undefined };
  const { data, error, live } = useLive({
    read: signal => ask(Dashboard, variables, signal),
    subject: JSON.stringify(variables),
    revisionOf: data => data.pipeline?.revision,
    changes: DashboardChanged,
    of: { pipelineId },
  });
  const figures = data?.pipeline;
  if (!figures) return <p className="lone">{error?.message ?? texts.loading}</p>;
  return (
    <>
      <p className="dashboard-live">{live && <span className="chip" data-tone="live">{texts.live}</span>}</p>
      <Outcomes outcomes={figures.outcomes} />
      <div className="dashboard-charts">
        <Funnel stages={figures.stages} />
        <Forecast months={figures.forecast} />
        <Ages stages={figures.stages} />
        <Reasons reasons={figures.outcomes.lostReasons} />
      </div>
    </>
  );
}
