import { createClient } from 'graphql-ws';

import { makeStore } from './store';

const KEEP_ALIVE = 12_000;
const PONG_WITHIN = 5_000;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 15_000;

/** idle: nothing wants it; lost: it was there, or could not be reached, and is tried again. */
export type Connection = 'idle' | 'connecting' | 'connected' | 'lost';

/** How the connection is. */
export const connection = makeStore<Connection>('idle');

let pongTimer: ReturnType<typeof setTimeout> | undefined;

/** The one socket of this page. The session's cookie says who we are. */
export const socket = createClient({
  url: new URL('/graphql', location.href.replace(/^http/, 'ws')).href,
  lazy: true,
  lazyCloseTimeout: 3_000, // from one page to the next it stays open
  keepAlive: KEEP_ALIVE,
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: waitToRetry,
  on: {
    connecting: isRetry => connection.set(isRetry ? 'lost' : 'connecting'),
    connected: () => connection.set('connected'),
    closed: event => {
      clearTimeout(pongTimer);
      connection.set((event as CloseEvent).code === 1000 ? 'idle' : 'lost');
    },
    ping: received => {
      if (!received) pongTimer = setTimeout(() => socket.terminate(), PONG_WITHIN);
    },
    pong: received => {
      if (received) clearTimeout(pongTimer);
    },
  },
});

// A browser may keep a dead connection for minutes; a new one tells the truth at once.
addEventListener('offline', () => socket.terminate());

/** How long to wait before trying again, in ms: longer each time, and never the same for all. */
export function waitFor(retries: number, random = Math.random()): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** retries) * (0.5 + random / 2);
}

/** Waits its turn; less where the network comes back or the page is looked at again. */
async function waitToRetry(retries: number): Promise<void> {
  const cut = new AbortController();
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, waitFor(retries));
    const hurry = () => (clearTimeout(timer), resolve());
    addEventListener('online', hurry, { signal: cut.signal });
    document.addEventListener('visibilitychange', () => document.hidden || hurry(), { signal: cut.signal });
  });
  cut.abort();
}
