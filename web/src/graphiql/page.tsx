import { GraphiQL } from 'graphiql';
import { type FormEvent, useEffect, useMemo, useState } from 'react';

import { forgetToken, keepToken, readToken } from '../token';
import { open, type Opening } from './examples';
import { makeFetcher } from './fetcher';

/** Asks for a token, then shows GraphiQL with it. */
export function Page() {
  const [token, setToken] = useState(readToken);
  const [opening, setOpening] = useState<Opening>();
  const [refusal, setRefusal] = useState('');

  useEffect(() => {
    if (!token) return;
    let wanted = true;
    open(token).then(
      answer => wanted && setOpening(answer),
      (error: Error) => wanted && refuse(error.message),
    );
    return () => void (wanted = false);
  }, [token]);

  function refuse(message: string) {
    leave();
    setRefusal(message);
  }

  function leave() {
    forgetToken();
    setToken('');
    setOpening(undefined);
  }

  function enter(given: string) {
    keepToken(given);
    setRefusal('');
    setToken(given);
  }

  if (!token) return <Door refusal={refusal} onToken={enter} />;
  if (!opening) return <p className="waiting">Asking the server…</p>;
  return (
    <>
      <header className="bar">
        <strong>Lejek</strong>
        <span>{opening.name}</span>
        <button type="button" onClick={leave}>Use another token</button>
      </header>
      <Explorer key={token} token={token} tabs={opening.tabs} />
    </>
  );
}

function Explorer({ token, tabs }: { token: string; tabs: Opening['tabs'] }) {
  const { fetcher, close } = useMemo(() => makeFetcher(token), [token]);
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
        <code>./run serve</code> prints one. It is kept for this tab only.
      </p>
    </form>
  );
}
