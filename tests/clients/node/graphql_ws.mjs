// graphql-ws: everything goes over the one socket.
import { connect, converse, resuming } from './conversation.mjs';

const client = resuming(connect(process.env.LEJEK_RETRY === 'never' ? { retryAttempts: 0 } : {}));

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
