import { GraphiQL } from 'graphiql';
import { type FormEvent, useEffect, useMemo, useState } from 'react';

import { forgetToken, keepToken, readToken } from '../token';
import { bySession, byToken, type Entry } from './entry';
import { open, type Opening } from './examples';
import { makeFetcher } from './fetcher';

/** Shows GraphiQL to who is signed in on the board; asks anyone else for a token. */
export function Page() {
  const [entry, setEntry] = useState<Entry | null>();
  const [opening, setOpening] = useState<Opening>();
  const [refusal, setRefusal] = useState('');

  useEffect(() => {
    const token = readToken();
    if (token) setEntry(byToken(token));
    else bySession().then(found => setEntry(found ?? null), () => setEntry(null));
  }, []);

  useEffect(() => {
    if (!entry) return;
    let wanted = true;
    open(entry).then(
      answer => wanted && setOpening(answer),
      (error: Error) => wanted && leave(error.message),
    );
    return () => void (wanted = false);
  }, [entry]);

  function leave(why = '') {
    forgetToken();
    setRefusal(why);
    setEntry(null);
    setOpening(undefined);
  }

  function enter(token: string) {
    keepToken(token);
    setRefusal('');
    setEntry(byToken(token));
  }

  if (entry === null) return <Door refusal={refusal} onToken={enter} />;
  if (!entry || !opening) return <p className="waiting">Asking the server…</p>;
  return (
    <>
      <header className="bar">
        <strong>Lejek</strong>
        <span>{opening.name}</span>
        <button type="button" onClick={() => leave()}>Use another token</button>
      </header>
      <Explorer entry={entry} tabs={opening.tabs} />
    </>
  );
}

function Explorer({ entry, tabs }: { entry: Entry; tabs: Opening['tabs'] }) {
  const { fetcher, close } = useMemo(() => makeFetcher(entry), [entry]);
  useEffect(() => close, [close]);
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={tabs}
      defaultEditorToolsVisibility="variables"
      isHeadersEditorEnabled={false}
    />
  );
}

function Door({ refusal, onToken }: { refusal: string; onToken: (token: string) => void }) {
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = String(new FormData(event.currentTarget).get('token') ?? '').trim();
    if (given) onToken(given);
  }
  return (
    <form className="door" onSubmit={submit}>
      <h1>GraphiQL for Lejek</h1>
      <p><label htmlFor="token">API token</label></p>
      <input id="token" name="token" type="password" autoComplete="off" autoFocus required aria-describedby="token-help" />
      <button type="submit">Open</button>
      {refusal && <p role="alert">{refusal}</p>}
      <p id="token-help">
        <code>./run serve</code> prints one. It is kept for this tab only. Who is signed in on the board needs none.
      </p>
    </form>
  );
}
