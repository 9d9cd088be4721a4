import { type FormEvent, useRef, useState } from 'react';

import { ask } from '../api/ask';
import { useFormat } from '../i18n/format';
import { Avatar } from '../ui/avatar';
import { Menu, MenuItem } from '../ui/menu';
import { useCommand } from './command';
import { AddComment, AddNote, type Note, type RecordChoices } from './documents';
import { Body } from './mentions';
import { Refusal, Section } from './section';
import { useTexts } from './texts';

type Parent = { leadId: string } | { dealId: string };
type Users = RecordChoices['users'];

/** The notes on a record, and their replies. */
export function Notes(props: { notes: Note[]; count: number; parent: Parent; users: Users }) {
  const texts = useTexts();
  const { notes, parent, users } = props;
  return (
    <Section title={texts.notes} count={props.count}>
      <Write
        label={texts.newNote}
        submit={texts.addNote}
        users={users}
        write={body => ask(AddNote, { input: { ...parent, body } }).then(data => data.addNote)}
      />
      {notes.length === 0 && <p className="record-none">{texts.noNotes}</p>}
      <ul className="notes">
        {notes.map(note => (
          <li key={note.id} className="note">
            <Entry {...note} />
            <ul className="note-comments">
              {note.comments.map(comment => (
                <li key={comment.id}>
                  <Entry {...comment} />
                </li>
              ))}
            </ul>
            <Write
              brief
              label={texts.newComment}
              submit={texts.addComment}
              users={users}
              write={body => ask(AddComment, { input: { noteId: note.id, body } }).then(data => data.addComment)}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Entry({ body, author, mentions, createdAt }: Pick<Note, 'body' | 'author' | 'mentions' | 'createdAt'>) {
  const format = useFormat();
  return (
    <article className="note-entry">
      <Avatar name={author.name} />
      <div>
        <p className="note-head">
          <strong>{author.name}</strong> <time dateTime={createdAt}>{format.dayAndTime(createdAt)}</time>
        </p>
        <Body text={body} mentions={mentions} />
      </div>
    </article>
  );
}

function Write(props: {
  label: string;
  submit: string;
  users: Users;
  brief?: boolean;
  write: (body: string) => Promise<{ errors: { code: string; message: string; path: string[] }[] }>;
}) {
  const texts = useTexts();
  const [body, setBody] = useState('');
  const area = useRef<HTMLTextAreaElement>(null);
  const command = useCommand();

  async function submit(event: FormEvent) {
    event.preventDefault();
    const errors = await command.run(props.write(body));
    if (errors.length === 0) setBody('');
  }

  return (
    <form className="note-write" data-brief={props.brief && !body ? '' : undefined} onSubmit={event => void submit(event)}>
      <textarea
        ref={area}
        className="input"
        aria-label={props.label}
        placeholder={props.label}
        rows={props.brief ? 1 : 2}
        value={body}
        required
        onChange={event => setBody(event.target.value)}
      />
      {body && (
        <div className="note-buttons">
          <Menu align="start" trigger={<button type="button" className="button" data-kind="quiet">{texts.mention}</button>}>
            {props.users.map(user => (
              <MenuItem key={user.id} onSelect={() => setBody(`${body.trimEnd()} @[${user.id}] `)}>
                {user.name}
              </MenuItem>
            ))}
          </Menu>
          <button className="button" data-kind="main" disabled={command.busy}>
            {props.submit}
          </button>
        </div>
      )}
      <Refusal>{command.refusal}</Refusal>
    </form>
  );
}
