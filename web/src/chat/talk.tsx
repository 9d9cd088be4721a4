import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';

import { ask } from '../api/ask';
import { useSignedIn } from '../api/session';
import { useFormat } from '../i18n/format';
import { useCommand } from '../records/command';
import { Refusal } from '../records/section';
import { Line } from '../ui/choose';
import { Dialog } from '../ui/dialog';
import { Assign, Close, type Open, Qualify, Reply } from './documents';
import { useTexts } from './texts';

/** One conversation: what was said, and what an agent can do about it. */
export function Talk({ conversation }: { conversation: Open }) {
  const texts = useTexts();
  const { user } = useSignedIn();
  const command = useCommand();
  const [asking, setAsking] = useState(false);
  const { id, assignee, lead } = conversation;
  const isMine = assignee?.id === user.id;
  const assign = () =>
    command.run(ask(Assign, { input: { id, assigneeId: isMine ? null : user.id } }).then(data => data.assignConversation));
  return (
    <article className="talk" aria-labelledby="talk-title">
      <header className="record-head">
        <div>
          <Link href="/chat" className="talk-back">
            {texts.back}
          </Link>
          <h2 id="talk-title">{conversation.chat.name}</h2>
          <p className="record-soft">{assignee ? texts.assignee(assignee.name) : texts.nobody}</p>
        </div>
        {conversation.status === 'OPEN' && (
          <div className="record-actions">
            <button type="button" className="button" onClick={() => void assign()}>
              {isMine ? texts.release : texts.assign}
            </button>
            {!lead && (
              <button type="button" className="button" onClick={() => setAsking(true)}>
                {texts.qualify}
              </button>
            )}
            <button type="button" className="button" onClick={() => void command.run(ask(Close, { input: { id } }).then(data => data.closeConversation))}>
              {texts.close}
            </button>
          </div>
        )}
      </header>
      {lead && <Link href={`/leads/${lead.id}`}>{texts.lead(lead.title)}</Link>}
      <Messages messages={conversation.messages} />
      <Refusal>{command.refusal}</Refusal>
      {conversation.status === 'OPEN' && <Answer id={id} />}
      {asking && <Qualified id={id} onClose={() => setAsking(false)} />}
    </article>
  );
}

function Messages({ messages }: { messages: Open['messages'] }) {
  const texts = useTexts();
  const format = useFormat();
  const end = useRef<HTMLLIElement>(null);
  useEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [messages.length]);
  return (
    <ol className="talk-messages" role="log" aria-label={texts.title} tabIndex={0}>
      {messages.map((message, index) => (
        <li key={message.number} ref={index === messages.length - 1 ? end : undefined} data-author={message.author}>
          <p className="record-soft">
            {message.agent?.name ?? texts.authors[message.author]} <time dateTime={message.at}>{format.dayAndTime(message.at)}</time>
          </p>
          <p className="note-body">{message.body}</p>
        </li>
      ))}
    </ol>
  );
}

function Answer({ id }: { id: string }) {
  const texts = useTexts();
  const command = useCommand();
  const [body, setBody] = useState('');
  async function submit(event: FormEvent) {
    event.preventDefault();
    const errors = await command.run(ask(Reply, { input: { id, body } }).then(data => data.replyToConversation));
    if (errors.length === 0) setBody('');
  }
  return (
    <form className="add-one" onSubmit={event => void submit(event)}>
      <input className="input" aria-label={texts.reply} placeholder={texts.reply} value={body} required onChange={event => setBody(event.target.value)} />
      <button className="button" data-kind="main" disabled={command.busy}>
        {texts.send}
      </button>
      <Refusal>{command.refusal}</Refusal>
    </form>
  );
}

/** Makes a lead of who is talking; the transcript becomes its note. */
function Qualified({ id, onClose }: { id: string; onClose: () => void }) {
  const texts = useTexts();
  const command = useCommand();
  const [given, setGiven] = useState({ personName: '', email: '', phone: '' });
  const line = (label: string, name: keyof typeof given) => (
    <Line label={label} value={given[name]} onChange={value => setGiven(known => ({ ...known, [name]: value }))} />
  );
  async function submit(event: FormEvent) {
    event.preventDefault();
    const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value.trim()));
    const errors = await command.run(ask(Qualify, { input: { id, ...said } }).then(data => data.qualifyConversation));
    if (errors.length === 0) onClose();
  }
  return (
    <Dialog open onClose={onClose} title={texts.qualify}>
      <form className="form" onSubmit={event => void submit(event)}>
        {line(texts.name, 'personName')}
        {line(texts.email, 'email')}
        {line(texts.phone, 'phone')}
        <Refusal>{command.refusal}</Refusal>
        <div className="dialog-buttons">
          <button className="button" data-kind="main" disabled={command.busy}>
            {texts.qualify}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
