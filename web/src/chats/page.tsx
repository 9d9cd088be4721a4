import './page.css';

import { useState } from 'react';

import { useQuery } from '../api/query';
import { useSignedIn } from '../api/session';
import { useLocale } from '../i18n/locale';
import { Kept, Settings, useIsAdmin } from '../settings/frame';
import { embedOf } from '../ui/embed';
import { announce } from '../ui/notices';
import { type Chat, Chats } from './documents';
import { type Draft, draftOf, withStep } from './draft';
import { Editor } from './editor';
import { useTexts } from './texts';

/** The chats of the account, and what their chatbots ask. */
export default function ChatsPage() {
  const texts = useTexts();
  const locale = useLocale();
  const isAdmin = useIsAdmin();
  const { user } = useSignedIn();
  const { data, error, reload } = useQuery(Chats, {});
  const [editing, setEditing] = useState<Chat | 'new'>();
  const chat = editing === 'new' ? undefined : editing;
  const begun: Draft = chat
    ? draftOf(chat)
    : { name: '', language: locale === 'pl' ? 'PL' : 'EN', greeting: '', ownerId: user.id, isActive: true, steps: withStep([]) };

  function done(name: string) {
    setEditing(undefined);
    announce(texts.saved(name));
    reload();
  }

  return (
    <Settings
      part="chats"
      error={error}
      action={
        isAdmin && (
          <button type="button" className="button" data-kind="main" onClick={() => setEditing('new')}>
            {texts.newChat}
          </button>
        )
      }
    >
      {!isAdmin && <p className="record-none">{texts.adminsOnly}</p>}
      {data && editing && (
        <Editor key={chat?.id ?? 'new'} chat={chat} begun={begun} users={data.users} onSaved={done} onClose={() => setEditing(undefined)} />
      )}
      {data?.chats.length === 0 && !editing && <p className="record-none">{texts.none}</p>}
      <ul className="settings-list">
        {data?.chats.map(each => (
          <Kept
            key={each.id}
            name={
              <>
                {each.name} {!each.isActive && <span className="chip">{texts.off}</span>}
              </>
            }
            about={
              <>
                {each.steps.length ? texts.steps(each.steps.length) : texts.noBot} · {each.owner.name}
                <code className="chat-embed">{embedOf(location.origin, 'chat', each)}</code>
              </>
            }
          >
            {each.isActive && (
              <a className="button" href={each.path} target="_blank" rel="noreferrer" aria-label={`${texts.preview}: ${each.name}`}>
                {texts.preview}
              </a>
            )}
            {isAdmin && (
              <button type="button" className="button" aria-label={`${texts.edit}: ${each.name}`} onClick={() => setEditing(each)}>
                {texts.edit}
              </button>
            )}
          </Kept>
        ))}
      </ul>
    </Settings>
  );
}
