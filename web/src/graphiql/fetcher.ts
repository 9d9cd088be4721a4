import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { createClient } from 'graphql-ws';

import type { Entry } from './entry';

const HTTP = new URL('/graphql', location.href);
const SOCKET = new URL('/graphql', location.href.replace(/^http/, 'ws'));

/** Queries and mutations go over HTTP, subscriptions over graphql-transport-ws, both as the one who came in. */
export function makeFetcher({ headers, connectionParams }: Entry): { fetcher: Fetcher; close: () => void } {
  const wsClient = createClient({ url: SOCKET.href, connectionParams, retryAttempts: 5 });
  const fetcher = createGraphiQLFetcher({ url: HTTP.href, headers, wsClient });
  return { fetcher, close: () => void wsClient.dispose() };
}

/** Runs one operation over HTTP; throws what the server said where it has no data. */
export async function ask<Data>({ headers }: Entry, query: string): Promise<Data> {
  const response = await fetch(HTTP, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  let answer: { data?: Data | null; errors?: { message: string }[] } = {};
  try {
    answer = JSON.parse(text);
  } catch {
    throw new Error(`The server answered ${response.status}, and not with JSON.`);
  }
  if (!answer.data) throw new Error(answer.errors?.[0]?.message ?? `The server answered ${response.status}.`);
  return answer.data;
}
