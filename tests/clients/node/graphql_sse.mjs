// graphql-sse: each operation is a request of its own, whose response stays open.
import { createClient } from 'graphql-sse';
import { converse, headers, resuming } from './conversation.mjs';

const client = resuming(
  createClient({
    url: process.env.LEJEK_STREAM_URL,
    headers,
    retryAttempts: process.env.LEJEK_RETRY === 'never' ? 0 : 1000,
    retry: () => new Promise((resolve) => setTimeout(resolve, 20)),
  }),
);

function execute({ query, variables }) {
  return new Promise((resolve, reject) => {
    let answer;
    client.subscribe(
      { query, variables },
      { next: (result) => (answer = result), error: reject, complete: () => resolve(answer) },
    );
  });
}

function subscribe({ query, variables }, sink) {
  return client.subscribe({ query, variables }, sink);
}

await converse({ execute, subscribe });
