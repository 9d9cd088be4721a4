import { useId, useState } from 'react';

import { ask } from '../api/ask';
import { newKey } from '../api/id';
import { useQuery } from '../api/query';
import { useFormat } from '../i18n/format';
import { Choose } from '../ui/choose';
import { Dialog } from '../ui/dialog';
import { announce } from '../ui/notices';
import { type Answers, type ContactFacts, contactsOf, ConvertLeads, type Duplicate, faultsByLead, keepOthers, onceEach, Preview, type Result, type Run, unanswered } from './conversion';
import { Results } from './results';
import { runToItsEnd } from './run';
import { useTexts } from './texts';

const MOST_AT_ONCE = 100; // more are converted in the background, which tells how it gets on

type OnLimit = 'FAIL' | 'WAITLIST';

/** Converts leads: where to, which of their contacts are the same, and then what became of each. */
export function ConvertDialog(props: {
  leadIds: string[];
  pipelines: { id: string; name: string; stages: { id: string; name: string }[] }[];
  onClose: () => void;
}) {
  const { leadIds } = props;
  const all = useTexts();
  const texts = all.conversion;
  const [chosenStage, setStage] = useState<string>();
  const [answers, setAnswers] = useState<Answers>({});
  const [onLimit, setOnLimit] = useState<OnLimit>('FAIL');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const [results, setResults] = useState<Result[]>();
  const [run, setRun] = useState<Run>();
  const stageId = chosenStage ?? props.pipelines[0]?.stages[0]?.id;

  function show(results: Result[]) {
    setResults(results);
    announce(all.conversion.title(results.filter(each => each.outcome === 'CONVERTED').length));
  }

  async function convert() {
    setBusy(true);
    setRefusal('');
    const background = leadIds.length > MOST_AT_ONCE;
    const input = { leadIds, stageId, onError: 'SKIP', onLimit, contacts: contactsOf(answers), background, idempotencyKey: newKey() } as const;
    try {
      const { results, errors, run } = (await ask(ConvertLeads, { input })).convertLeads;
      if (errors[0]) setRefusal(errors.map(error => error.message).join(' '));
      else show(run ? await runToItsEnd(run, setRun) : results);
    } catch (error) {
      setRefusal((error as Error).message);
    }
    setBusy(false);
  }

  return (
    <Dialog open onClose={props.onClose} title={texts.title(leadIds.length)} wide>
      {results ? (
        <Results results={results} onClose={props.onClose} />
      ) : (
        <>
          <Choose
            label={texts.stage}
            value={stageId ?? ''}
            onChange={setStage}
            choices={props.pipelines.flatMap(pipeline =>
              pipeline.stages.map(stage => ({ value: stage.id, name: stage.name, group: pipeline.name })),
            )}
          />
          {stageId && (
            <Plan leadIds={leadIds} stageId={stageId} answers={answers} onAnswer={setAnswers} onLimit={onLimit} onOnLimit={setOnLimit} />
          )}
          {run && (
            <p role="status">
              {texts.working} <progress max={run.leadsTotal} value={run.leadsDone} aria-label={texts.working} />
            </p>
          )}
          <div role="alert">{refusal && <p className="refusal">{refusal}</p>}</div>
          <div className="dialog-buttons">
            <button type="button" className="button" onClick={props.onClose}>
              {all.cancel}
            </button>
            <button type="button" className="button" data-kind="main" disabled={busy || !stageId} onClick={() => void convert()}>
              {busy ? texts.working : texts.start}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

/** What would happen: questions about contacts, leads that cannot be converted, and the plan's room. */
function Plan(props: {
  leadIds: string[];
  stageId: string;
  answers: Answers;
  onAnswer: (answers: Answers) => void;
  onLimit: OnLimit;
  onOnLimit: (onLimit: OnLimit) => void;
}) {
  const { leadIds, answers } = props;
  const texts = useTexts().conversion;
  const { data, error } = useQuery(Preview, { leadIds, stageId: props.stageId });
  if (error) return <p className="refusal">{error.message}</p>;
  if (!data) return <p role="status">{texts.checking}</p>;
  const { review, errors, openDealsLeft } = data.conversionPreview;
  const questions = onceEach(review);
  const open = unanswered(questions, answers);
  const faults = faultsByLead(leadIds, errors);
  const titles = new Map(data.nodes.flatMap(node => (node && 'title' in node && node.title ? [[node.id, node.title]] : [])));
  const held = new Set([...faults.keys(), ...review.filter(each => !(each.contact.id in answers)).map(each => each.lead.id)]);
  const ready = leadIds.filter(id => !held.has(id)).length;
  return (
    <>
      <p role="status">
        {texts.ready(ready)} {open.length > 0 && texts.unanswered(open.length)}
      </p>
      {openDealsLeft !== null && openDealsLeft < ready && (
        <div className="convert-limit">
          <p className="chip" data-tone="warn">{texts.room(openDealsLeft)}</p>
          <Choose
            label={texts.limit}
            value={props.onLimit}
            onChange={value => props.onOnLimit(value as OnLimit)}
            choices={[
              { value: 'FAIL', name: texts.limitFail },
              { value: 'WAITLIST', name: texts.limitWait },
            ]}
          />
        </div>
      )}
      {faults.size > 0 && (
        <section className="convert-faults">
          <h3>{texts.faults}</h3>
          <ul>
            {[...faults].map(([leadId, messages]) => (
              <li key={leadId}>
                {titles.get(leadId) && <strong>{titles.get(leadId)}: </strong>}
                {messages.join(' ')}
              </li>
            ))}
          </ul>
        </section>
      )}
      {questions.length > 0 && (
        <section className="convert-review">
          <h3>{texts.review}</h3>
          <p className="convert-why">
            {texts.reviewWhy}
            {open.length > 1 && (
              <button type="button" className="button" onClick={() => props.onAnswer(keepOthers(questions, answers))}>
                {texts.keepAll(open.length)}
              </button>
            )}
          </p>
          {questions.map(each => (
            <Question
              key={each.contact.id}
              duplicate={each}
              answer={answers[each.contact.id]}
              onAnswer={answer => props.onAnswer({ ...answers, [each.contact.id]: answer })}
            />
          ))}
        </section>
      )}
    </>
  );
}

/** One contact beside those it looks like. */
function Question(props: { duplicate: Duplicate; answer: string | null | undefined; onAnswer: (answer: string | null) => void }) {
  const { contact, lead, matches } = props.duplicate;
  const texts = useTexts().conversion;
  const format = useFormat();
  const name = useId();
  const choice = (value: string | null, contact: ContactFacts, head: string, says: string) => (
    <label className="convert-choice" data-chosen={props.answer === value ? '' : undefined}>
      <span className="convert-head">{head}</span>
      <Facts contact={contact} />
      <span className="convert-pick">
        <input type="radio" name={name} checked={props.answer === value} onChange={() => props.onAnswer(value)} /> {says}
      </span>
    </label>
  );
  return (
    <fieldset className="convert-question">
      <legend>{contact.name}</legend>
      <div className="convert-choices">
        {choice(null, contact, texts.ofLead(lead.title), texts.keep)}
        {matches.map(match => {
          const reasons = format.list(match.reasons.map(reason => texts.reasons[reason]));
          const head = `${texts.alike(format.percent(Math.round(match.score * 100)))}: ${reasons}`;
          return <div key={match.contact.id} className="convert-match">{choice(match.contact.id, match.contact, head, texts.use)}</div>;
        })}
      </div>
    </fieldset>
  );
}

function Facts({ contact }: { contact: ContactFacts }) {
  const facts =
    contact.__typename === 'Person'
      ? [contact.organization?.name, ...contact.emails, ...contact.phones]
      : contact.__typename === 'Organization'
        ? [contact.domain, contact.address]
        : [];
  return (
    <span className="convert-facts">
      <strong>{contact.name}</strong>
      {facts.filter(Boolean).map(fact => (
        <span key={fact}>{fact}</span>
      ))}
    </span>
  );
}
