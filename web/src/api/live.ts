import { useCallback, useEffect, useRef, useState } from 'react';

import { RequestFailed } from './ask';
import { follow } from './follow';
import type { Document } from './graphql';
import { isLater } from './revision';
import { waitFor } from './socket';

/** What is read, and the subscription whose every event means: read it again. */
export interface Living<Data, Told, Of> {
  /** Asks the server. */
  read: (signal: AbortSignal) => Promise<Data>;
  /** What is read, as a text: another one begins anew. */
  subject: string;
  /** The revision that the data was read at, the earliest where it took several questions. */
  revisionOf: (data: Data) => string | undefined;
  changes: Document<Told, Of & { after?: string | null }>;
  /** Whose changes, beside `after`. */
  of: Of;
}

/** What is shown of a live query. `live`: changes are told as they happen. */
export interface Live<Data> {
  data?: Data;
  error?: Error;
  loading: boolean;
  live: boolean;
  reload: () => void;
}

interface Event {
  __typename: string;
  revision: string;
}

/**
 * Shows what is read and keeps it true: it is always an answer of the server, read anew after each change. For what
 * is small enough to be read whole. Changes that come while it is read are answered by one more reading.
 */
export function useLive<Data, Told extends Record<string, unknown>, Of>(living: Living<Data, Told, Of>): Live<Data> {
  const [state, setState] = useState<Omit<Live<Data>, 'reload'>>({ loading: true, live: false });
  const reading = useRef<Reading<Data> | undefined>(undefined);
  const given = useRef(living);
  given.current = living;

  useEffect(() => {
    setState(known => ({ ...known, loading: true, live: false }));
    const current = new Reading<Data>(
      signal => given.current.read(signal),
      data => given.current.revisionOf(data),
      state => setState(known => ({ ...known, ...state })),
    );
    reading.current = current;
    const stop = follow<Told, Of & { after?: string | null }>({
      document: given.current.changes,
      variables: () => ({ ...given.current.of, after: current.after }),
      onEvent: data => current.tell(Object.values(data)[0] as Event),
      onLive: live => setState(known => ({ ...known, live })),
      until: current.read(),
    });
    return () => {
      current.stop();
      stop();
    };
  }, [living.subject]);

  return { ...state, reload: useCallback(() => void reading.current?.read(), []) };
}

/** One question that is asked again and again, never twice at once. */
class Reading<Data> {
  /** After which revision changes are wanted. */
  after: string | undefined;
  private readonly abort = new AbortController();
  private asking: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly ask: (signal: AbortSignal) => Promise<Data>,
    private readonly revisionOf: (data: Data) => string | undefined,
    private readonly show: (state: { data?: Data; error?: Error; loading: boolean }) => void,
  ) {}

  /** Asks, or once more after the answer that is under way; ends when what is shown is as new as this call. */
  read(): Promise<void> {
    if (this.asking) this.again = true;
    this.asking ??= this.readUntilNew().finally(() => (this.asking = undefined));
    return this.asking;
  }

  /** Takes an event. */
  tell({ __typename, revision }: Event): void {
    if (__typename !== 'Resync' && !isLater(revision, this.after)) return;
    this.after = revision; // of Resync too, though it may be an earlier one: what comes after it is told
    if (__typename !== 'CaughtUp') void this.read();
  }

  stop(): void {
    this.abort.abort();
  }

  private async readUntilNew(): Promise<void> {
    for (let failures = 0; !this.abort.signal.aborted; ) {
      this.again = false;
      try {
        const data = await this.ask(this.abort.signal);
        const revision = this.revisionOf(data);
        if (revision !== undefined && isLater(revision, this.after)) this.after = revision;
        this.show({ data, error: undefined, loading: false });
        if (!this.again) return;
      } catch (error) {
        if (this.abort.signal.aborted) return;
        this.show({ error: error as Error, loading: false });
        if (!(error instanceof RequestFailed && error.unreached)) return;
        await new Promise(resolve => setTimeout(resolve, waitFor(failures++)));
      }
    }
  }
}
