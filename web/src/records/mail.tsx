import { type FormEvent, useState } from 'react';

import { ask } from '../api/ask';
import { newKey } from '../api/id';
import { useFormat } from '../i18n/format';
import { Avatar } from '../ui/avatar';
import { Line } from '../ui/choose';
import { FormButtons } from '../ui/form-buttons';
import { useCommand } from './command';
import { addressOf, answerTo, senderOf } from './mail-answers';
import { type Message, SendMail } from './mail-documents';
import { useMailTexts } from './mail-texts';
import { Refusal, Section } from './section';

type Parent = { leadId: string } | { dealId: string };

/** The mail about a record, latest first, and the way to write more. */
export function Mail(props: { messages: Message[]; parent: Parent; dropAddress: string | null; to: string | undefined }) {
  const texts = useMailTexts();
  const [writing, setWriting] = useState<Message | 'new'>();
  return (
    <Section
      title={texts.title}
      action={
        <button type="button" className="button" aria-expanded={writing === 'new'} onClick={() => setWriting(writing ? undefined : 'new')}>
          {texts.write}
        </button>
      }
    >
      {props.dropAddress && (
        <p className="record-soft">
          {texts.drop} <code>{props.dropAddress}</code>
        </p>
      )}
      {writing && (
        <Write
          key={writing === 'new' ? 'new' : writing.id}
          parent={props.parent}
          answers={writing === 'new' ? undefined : writing}
          to={props.to}
          onDone={() => setWriting(undefined)}
        />
      )}
      <ul className="notes">
        {props.messages.map(message => (
          <Entry key={message.id} message={message} onAnswer={() => setWriting(message)} />
        ))}
      </ul>
    </Section>
  );
}

function Entry({ message, onAnswer }: { message: Message; onAnswer: () => void }) {
  const texts = useMailTexts();
  const format = useFormat();
  const from = senderOf(message);
  return (
    <li className="note">
      <article className="note-entry">
        <Avatar name={from} />
        <div>
          <p className="note-head">
            <strong>{from}</strong> <time dateTime={message.at}>{format.dayAndTime(message.at)}</time>{' '}
            {message.status !== 'RECEIVED' && (
              <span className="chip" data-tone={message.status === 'FAILED' ? 'danger' : undefined}>
                {texts.statuses[message.status]}
              </span>
            )}
          </p>
          <details>
            <summary>
              <strong>{message.subject}</strong> <span className="record-soft">{message.snippet}</span>
            </summary>
            <p className="note-body">{message.text}</p>
          </details>
          {message.failure && <p className="record-soft">{message.failure}</p>}
          <ul className="files">
            {message.attachments.map(file => (
              <li key={file.id}>
                <a href={file.url} target="_blank" rel="noreferrer">
                  {file.name}
                </a>
              </li>
            ))}
          </ul>
          <button type="button" className="button" data-kind="quiet" onClick={onAnswer}>
            {texts.answer}
          </button>
        </div>
      </article>
    </li>
  );
}

function Write(props: { parent: Parent; answers: Message | undefined; to: string | undefined; onDone: () => void }) {
  const texts = useMailTexts();
  const command = useCommand();
  const { answers } = props;
  const [key] = useState(newKey);
  const [to, setTo] = useState(answers ? addressOf(answers) : (props.to ?? ''));
  const [subject, setSubject] = useState(answers ? answerTo(answers.subject) : '');
  const [text, setText] = useState('');

  async function submit(event: FormEvent) {
    event.preventDefault();
    const input = {
      ...props.parent,
      to: to.split(/[,;\s]+/).filter(Boolean),
      subject,
      text,
      inReplyTo: answers?.id,
      idempotencyKey: key,
    };
    const errors = await command.run(ask(SendMail, { input }).then(data => data.sendMail));
    if (errors.length === 0) props.onDone();
  }

  return (
    <form className="form" onSubmit={event => void submit(event)}>
      <Line label={texts.to} value={to} onChange={setTo} required />
      <Line label={texts.subject} value={subject} onChange={setSubject} maxLength={255} required />
      <textarea className="input" aria-label={texts.text} placeholder={texts.text} rows={5} value={text} required onChange={event => setText(event.target.value)} />
      <Refusal>{command.refusal}</Refusal>
      <FormButtons does={texts.send} busy={command.busy} onClose={props.onDone} />
    </form>
  );
}
