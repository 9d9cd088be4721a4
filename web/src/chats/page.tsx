import './page.css';

import { useQuery } from '../api/query';
import { useSignedIn } from '../api/session';
import { useLocale } from '../i18n/locale';
import { EditButton, Kept, NewButton, Settings, useEditing, useIsAdmin } from '../settings/frame';
import { embedOf } from '../ui/embed';
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
  const editing = useEditing<Chat>(reload);
  const chat = editing.what;
  const begun: Draft = chat
    ? draftOf(chat)
    : { name: '', language: locale === 'pl' ? 'PL' : 'EN', greeting: '', ownerId: user.id, isActive: true, steps: withStep([]) };

  return (
    <Settings
      part="chats"
      error={error}
      action={<NewButton name={texts.newChat} onClick={() => editing.begin('new')} />}
      adminsOnly={texts.adminsOnly}
    >
      {data && editing.isOpen && (
        <Editor key={chat?.id ?? 'new'} chat={chat} begun={begun} users={data.users} onSaved={editing.done} onClose={editing.close} />
      )}
      {data?.chats.length === 0 && !editing.isOpen && <p className="record-none">{texts.none}</p>}
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
            {isAdmin && <EditButton name={each.name} onClick={() => editing.begin(each)} />}
          </Kept>
        ))}
      </ul>
    </Settings>
  );
}
