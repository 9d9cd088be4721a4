// urql: subscriptions by graphql-ws, the rest by its own fetch exchange as it comes (queries by GET where they fit).
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { connect, converse, headers, read, resuming, url } from './conversation.mjs';

const socket = resuming(connect());
let sent;

const client = new Client({
  url,
  fetchOptions: { headers },
  fetch(address, options) {
    sent = { method: options.method, accept: options.headers.accept };
    return fetch(address, options);
  },
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
      }),
    }),
  ],
});

async function execute({ query, variables }) {
  const run = /^mutation/.test(query) ? client.mutation : client.query;
  return { ...read(await run.call(client, query, variables).toPromise()), sent };
}

function subscribe({ query, variables }, sink) {
  const watching = client.subscription(query, variables).subscribe((result) => sink.next(read(result)));
  return () => watching.unsubscribe();
}

await converse({ execute, subscribe });
