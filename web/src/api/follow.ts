import { type Document, textOf } from './graphql';
import { refreshSession } from './session';
import { socket, waitFor } from './socket';

/** What to follow, and who is told. */
export interface Following<Data, Variables> {
  document: Document<Data, Variables>;
  /** Asked anew each time it is subscribed, so that it resumes after the last revision. */
  variables: () => Variables;
  onEvent: (data: Data) => void;
  /** True after CaughtUp, while the connection holds; false as soon as it does not. */
  onLive?: (live: boolean) => void;
  /** Waited for before it is first subscribed: the reading whose revision it begins after. */
  until?: Promise<void>;
}

/** Follows a subscription through reconnects, restarts and errors until it is stopped. */
export function follow<Data extends Record<string, unknown>, Variables>(
  following: Following<Data, Variables>,
): () => void {
  let stopped = false;
  let stop = () => {};
  let errors = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function start() {
    stop = socket.subscribe<Data>(
      {
        query: textOf(following.document),
        get variables() {
          return following.variables() as Record<string, unknown>;
        },
      },
      { next: told, error: again, complete: () => stopped || again() },
    );
  }

  function told({ data }: { data?: Data | null }) {
    if (!data || stopped) return;
    errors = 0;
    following.onEvent(data);
    if (isCaughtUp(data)) following.onLive?.(true);
  }

  // The server ended this subscription, or refused the socket: it is tried again, and again later each time.
  function again(reason?: unknown) {
    if (stopped) return;
    following.onLive?.(false);
    if (reason instanceof CloseEvent) void refreshSession();
    timer = setTimeout(start, waitFor(errors++));
  }

  const unwatch = socket.on('closed', () => following.onLive?.(false));
  if (following.until) void following.until.then(() => stopped || start());
  else start();
  return () => {
    stopped = true;
    clearTimeout(timer);
    unwatch();
    stop();
  };
}

function isCaughtUp(data: Record<string, unknown>): boolean {
  return Object.values(data).some(told => (told as { __typename?: string } | null)?.__typename === 'CaughtUp');
}
