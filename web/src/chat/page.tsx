import '../records/records.css';
import './page.css';

import { useState } from 'react';
import { Link, useParams } from 'wouter';

import { ask } from '../api/ask';
import { useLive } from '../api/live';
import { useFormat } from '../i18n/format';
import { Talk } from './talk';
import { Conversations, ConversationsChanged, type Row } from './documents';
import { useTexts } from './texts';

type Status = 'OPEN' | 'CLOSED';

/** What visitors ask, at the left, and the conversation that is open, at the right; both as they are said. */
export default function ChatPage() {
  const texts = useTexts();
  const { id } = useParams<{ id?: string }>();
  const [status, setStatus] = useState<Status>('OPEN');
  const variables = { status: [status], open: id ?? '', isOpen: id !== undefined };
  const { data, error, live } = useLive({
    read: signal => ask(Conversations, variables, signal),
    subject: JSON.stringify(variables),
    revisionOf: data => data.pipelines[0]?.revision,
    changes: ConversationsChanged,
    of: {},
  });
  return (
    <div className="chat" data-open={id ? '' : undefined}>
      <section className="chat-side" aria-labelledby="chat-title">
        <header className="chat-head">
          <h1 id="chat-title" className="page-title">
            {texts.title}
          </h1>
          {live && <span className="chip" data-tone="live">{texts.live}</span>}
          <div className="switch" role="group" aria-label={texts.show}>
            {(['OPEN', 'CLOSED'] as const).map(each => (
              <button key={each} type="button" className="button" data-kind="quiet" aria-pressed={status === each} onClick={() => setStatus(each)}>
                {each === 'OPEN' ? texts.open : texts.closed}
              </button>
            ))}
          </div>
        </header>
        {error && <p className="refusal">{error.message}</p>}
        {data?.conversations.nodes.length === 0 && <p className="lone">{data.chats.length === 0 ? texts.noChats : texts.none}</p>}
        <ul className="chat-list">
          {data?.conversations.nodes.map(row => <Line key={row.id} row={row} isOpen={row.id === id} />)}
        </ul>
      </section>
      <section className="chat-pane">
        {data?.conversation ? <Talk key={data.conversation.id} conversation={data.conversation} /> : <p className="lone">{texts.nothingOpen}</p>}
      </section>
    </div>
  );
}

function Line({ row, isOpen }: { row: Row; isOpen: boolean }) {
  const texts = useTexts();
  const format = useFormat();
  const last = row.messages.at(-1);
  return (
    <li>
      <Link href={`/chat/${row.id}`} className="chat-row" aria-current={isOpen ? 'true' : undefined}>
        <span className="chat-last">{last?.body}</span>
        <span className="record-soft">
          {row.chat.name} · {row.assignee?.name ?? texts.nobody} · {format.dayAndTime(row.updatedAt)}
        </span>
      </Link>
    </li>
  );
}
