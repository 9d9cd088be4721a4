import { type FormEvent, useState } from 'react';

import { ask } from '../api/ask';
import { daysBetween, useFormat } from '../i18n/format';
import { Avatar } from '../ui/avatar';
import { Check } from '../ui/check';
import { Choose, Line } from '../ui/choose';
import { useCommand } from './command';
import { type Activity, AddActivity, CompleteActivity, type RecordChoices } from './documents';
import { Refusal, Section } from './section';
import { useTexts } from './texts';

const TYPES = ['CALL', 'MEETING', 'TASK', 'DEADLINE', 'EMAIL', 'LUNCH'] as const;
type Parent = { leadId: string } | { dealId: string };

/** What is to be done about a record, and what was. */
export function Activities(props: { activities: Activity[]; count: number; parent: Parent; users: RecordChoices['users'] }) {
  const texts = useTexts();
  const [adding, setAdding] = useState(false);
  const command = useCommand();
  const complete = (id: string) => command.run(ask(CompleteActivity, { input: { id } }).then(data => data.completeActivity));
  return (
    <Section
      title={texts.activities}
      count={props.count}
      action={
        <button type="button" className="button" aria-expanded={adding} onClick={() => setAdding(!adding)}>
          {texts.addActivity}
        </button>
      }
    >
      {adding && <Add parent={props.parent} users={props.users} onDone={() => setAdding(false)} />}
      <Refusal>{command.refusal}</Refusal>
      {props.activities.length === 0 && <p className="record-none">{texts.noActivities}</p>}
      <ul className="activities">
        {props.activities.map(activity => (
          <li key={activity.id} className="activity" data-done={activity.doneAt ? '' : undefined}>
            {activity.doneAt ? (
              <span aria-hidden="true">✓</span>
            ) : (
              <Check label={texts.complete(activity.subject)} checked={false} onChange={() => void complete(activity.id)} />
            )}
            <span className="activity-subject">{activity.subject}</span>
            <span className="chip">{texts.types[activity.type]}</span>
            <When activity={activity} />
            <Avatar name={activity.assignee.name} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function When({ activity }: { activity: Activity }) {
  const texts = useTexts();
  const format = useFormat();
  if (activity.doneAt) return <time dateTime={activity.doneAt}>{texts.doneAt(format.relative(activity.doneAt))}</time>;
  if (!activity.dueAt) return null;
  const days = daysBetween(new Date(), new Date(activity.dueAt));
  return (
    <time dateTime={activity.dueAt} className="chip" data-tone={days < 0 ? 'danger' : days === 0 ? 'warn' : undefined}>
      {format.relative(activity.dueAt)}
    </time>
  );
}

function Add(props: { parent: Parent; users: RecordChoices['users']; onDone: () => void }) {
  const texts = useTexts();
  const command = useCommand();
  const [subject, setSubject] = useState('');
  const [type, setType] = useState<string>('TASK');
  const [due, setDue] = useState('');
  const [assigneeId, setAssignee] = useState('');

  async function submit(event: FormEvent) {
    event.preventDefault();
    const input = {
      ...props.parent,
      subject,
      type: type as (typeof TYPES)[number],
      dueAt: due ? new Date(due).toISOString() : undefined,
      assigneeId: assigneeId || undefined,
    };
    const errors = await command.run(ask(AddActivity, { input }).then(data => data.addActivity));
    if (errors.length === 0) props.onDone();
  }

  return (
    <form className="form" onSubmit={event => void submit(event)}>
      <Line label={texts.subject} value={subject} onChange={setSubject} maxLength={255} required />
      <div className="form-pair">
        <Choose label={texts.type} value={type} onChange={setType} choices={TYPES.map(value => ({ value, name: texts.types[value] }))} />
        <Line label={texts.due} type="datetime-local" value={due} onChange={setDue} />
      </div>
      <Choose
        label={texts.assignee}
        value={assigneeId}
        onChange={setAssignee}
        choices={[{ value: '', name: texts.none }, ...props.users.map(({ id, name }) => ({ value: id, name }))]}
      />
      <Refusal>{command.refusal}</Refusal>
      <div className="dialog-buttons">
        <button className="button" data-kind="main" disabled={command.busy}>
          {texts.addActivity}
        </button>
      </div>
    </form>
  );
}
