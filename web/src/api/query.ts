import { useCallback, useEffect, useState } from 'react';

import { ask } from './ask';
import type { Document } from './graphql';

/** What a page shows of a query: its data as soon as it is there, and what went wrong with the last try. */
export interface Asked<Data> {
  data?: Data;
  error?: Error;
  loading: boolean;
  reload: () => void;
}

/** Asks when the component is shown and when its variables change; an answer that comes too late is dropped. */
export function useQuery<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Asked<Data> {
  const key = JSON.stringify(variables);
  const [state, setState] = useState<{ data?: Data; error?: Error; loading: boolean }>({ loading: true });
  const [round, setRound] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    setState(known => ({ ...known, loading: true }));
    ask(document, JSON.parse(key) as Variables, abort.signal).then(
      data => setState({ data, loading: false }),
      (error: Error) => abort.signal.aborted || setState(known => ({ ...known, error, loading: false })),
    );
    return () => abort.abort();
  }, [document, key, round]);

  return { ...state, reload: useCallback(() => setRound(n => n + 1), []) };
}
