import { Fragment } from 'react';

interface User {
  id: string;
  name: string;
}

const MENTION = /@\[([^\]\s]+)\]/g;

/** The parts of a note: text, and users who are mentioned as `@[user id]`; who is not known stays as written. */
export function partsOf(body: string, users: readonly User[]): (string | User)[] {
  const known = new Map(users.map(user => [user.id, user]));
  const parts: (string | User)[] = [];
  let at = 0;
  for (const match of body.matchAll(MENTION)) {
    const user = known.get(match[1]!);
    if (!user) continue;
    if (match.index > at) parts.push(body.slice(at, match.index));
    parts.push(user);
    at = match.index + match[0].length;
  }
  if (at < body.length) parts.push(body.slice(at));
  return parts;
}

/** A note's text, with the names of who is mentioned. */
export function Body({ text, mentions }: { text: string; mentions: readonly User[] }) {
  return (
    <p className="note-body">
      {partsOf(text, mentions).map((part, index) => (
        <Fragment key={index}>{typeof part === 'string' ? part : <span className="note-mention">@{part.name}</span>}</Fragment>
      ))}
    </p>
  );
}
