import '../records/records.css';
import './page.css';

import { useEffect, useState } from 'react';

import { follow } from '../api/follow';
import { useQuery } from '../api/query';
import { useFormat } from '../i18n/format';
import { Section } from '../records/section';
import { type Capabilities, DealsTold, Developer, LeadsTold, type Told } from './documents';
import { aboutOf, tell } from './log';
import { useTexts } from './texts';
import { Tokens } from './tokens';

/** What somebody needs who builds on the API. */
export default function DeveloperPage() {
  const texts = useTexts();
  const { data, error, reload } = useQuery(Developer, {});
  return (
    <div className="page-scroll">
      <div className="page record">
        <h1 className="page-title">{texts.title}</h1>
        {error && <p className="refusal">{error.message}</p>}
        <Section title={texts.explore}>
          <p>{texts.graphiqlWhy}</p>
          <p className="developer-links">
            <a className="button" data-kind="main" href="/graphiql">
              {texts.graphiql}
            </a>
            <a className="button" href="/schema.graphql" download>
              {texts.sdl}
            </a>
          </p>
        </Section>
        {data && <Tokens tokens={data.tokens} onChange={reload} />}
        {data && <Log after={data.pipelines[0]?.revision} />}
        {data && <Table rows={data.capabilities} />}
      </div>
    </div>
  );
}

/** The changes of the account as they are told, from when the page was opened. */
function Log({ after }: { after: string | undefined }) {
  const texts = useTexts();
  const format = useFormat();
  const [log, setLog] = useState<Told[]>([]);
  const [from] = useState(after);

  useEffect(() => {
    const last = { leads: from, deals: from };
    const stops = [
      follow({
        document: LeadsTold,
        variables: () => ({ after: last.leads }),
        onEvent: ({ leadInboxChanged: told }) => {
          last.leads = told.revision;
          setLog(known => tell(known, told));
        },
      }),
      follow({
        document: DealsTold,
        variables: () => ({ after: last.deals }),
        onEvent: ({ dealsChanged: told }) => {
          last.deals = told.revision;
          setLog(known => tell(known, told));
        },
      }),
    ];
    return () => stops.forEach(stop => stop());
  }, [from]);

  return (
    <Section title={texts.log}>
      <p>{texts.logWhy}</p>
      {log.length === 0 ? (
        <p className="record-none">{texts.quiet}</p>
      ) : (
        <div className="developer-scroll" tabIndex={0} role="region" aria-label={texts.log}>
          <table className="developer-table">
            <thead>
              <tr>
                <th scope="col">{texts.revision}</th>
                <th scope="col">{texts.event}</th>
                <th scope="col">{texts.about}</th>
                <th scope="col">{texts.actor}</th>
                <th scope="col">{texts.at}</th>
              </tr>
            </thead>
            <tbody>
              {log.map(told => (
                <tr key={`${told.revision} ${told.__typename}`}>
                  <td>{told.revision}</td>
                  <td>
                    <code>{told.__typename}</code>
                  </td>
                  <td>{aboutOf(told)}</td>
                  <td>{told.actor?.name}</td>
                  <td>{format.dayAndTime(told.at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

function Table({ rows }: { rows: Capabilities }) {
  const texts = useTexts();
  const mark = (can: boolean) => (
    <td className="developer-mark" data-can={can ? '' : undefined}>
      {can ? texts.yes : texts.no}
    </td>
  );
  return (
    <Section title={texts.capabilities}>
      <div className="developer-scroll" tabIndex={0} role="region" aria-label={texts.capabilities}>
        <table className="developer-table">
          <thead>
            <tr>
              <th scope="col">{texts.capability}</th>
              <th scope="col">{texts.lead}</th>
              <th scope="col">{texts.deal}</th>
              <th scope="col">{texts.meaning}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <tr key={row.capability}>
                <th scope="row">
                  <code>{row.capability}</code>
                </th>
                {mark(row.lead)}
                {mark(row.deal)}
                <td>{row.description}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
