import '../records/records.css';
import './page.css';

import { useParams } from 'wouter';

import { ask } from '../api/ask';
import { useLive } from '../api/live';
import { useQuery } from '../api/query';
import { useSignedIn } from '../api/session';
import { Activities } from '../records/activities';
import { Choices } from '../records/documents';
import { Details } from '../records/facts';
import { Files } from '../records/files';
import { Mail } from '../records/mail';
import { Notes } from '../records/notes';
import { useTexts as useRecordTexts } from '../records/texts';
import { Deal, DealChanged, UpdateDeal } from './documents';
import { Head } from './head';
import { Invoices } from './invoices';
import { Documents, Formulas } from './made';
import { Participants } from './participants';
import { Products } from './products';
import { Projects } from './projects';
import { Timeline } from './timeline';

/** One deal with everything on it, kept true while it is open. */
export default function DealPage() {
  const { id = '' } = useParams<{ id: string }>();
  return <DealView key={id} id={id} />;
}

function DealView({ id }: { id: string }) {
  const common = useRecordTexts();
  const { account } = useSignedIn();
  const { data: choices } = useQuery(Choices, {});
  const { data, error, live } = useLive({
    read: signal => ask(Deal, { id }, signal),
    subject: id,
    revisionOf: data => data.pipelines[0]?.revision,
    changes: DealChanged,
    of: { dealId: id },
  });
  const deal = data?.deal;
  if (!data || !choices) return <p className="lone">{error?.message ?? common.loading}</p>;
  if (!deal) return <p className="lone">{common.gone}</p>;
  return (
    <div className="page-scroll">
      <article className="page record" aria-labelledby="record-title">
        <Head deal={deal} live={live} />
        <div className="deal-columns">
          <div className="deal-column">
            <Details
              facts={deal}
              choices={choices}
              currency={account.currency}
              onSave={patch => ask(UpdateDeal, { input: patch }).then(data => data.updateDeal)}
            />
            <Formulas deal={deal} />
            <Participants deal={deal} />
            <Projects deal={deal} />
            <Products deal={deal} />
            <Invoices deal={deal} />
            <Documents deal={deal} />
            <Files files={deal.files.nodes} count={deal.files.totalCount} dealId={id} />
          </div>
          <div className="deal-column">
            <Activities activities={deal.activities.nodes} count={deal.activities.totalCount} parent={{ dealId: id }} users={choices.users} />
            <Notes notes={deal.notes.nodes} count={deal.notes.totalCount} parent={{ dealId: id }} users={choices.users} />
            <Mail
              messages={deal.mailMessages.nodes}
              parent={{ dealId: id }}
              dropAddress={deal.dropAddress}
              to={deal.person?.emails[0]}
            />
            <Timeline items={deal.timeline.nodes} hasMore={deal.timeline.pageInfo.hasNextPage} />
          </div>
        </div>
      </article>
    </div>
  );
}
