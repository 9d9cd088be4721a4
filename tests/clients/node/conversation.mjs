// What the scripts of the clients share: where the server is, and how the test speaks with them.
import { createInterface } from 'node:readline';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

// Before Node 22 there is none; with it, clients are written as they are for browsers.
globalThis.WebSocket = WebSocket;

export const { LEJEK_URL: url, LEJEK_SOCKET_URL: socketUrl, LEJEK_TOKEN: token } = process.env;
export const headers = { authorization: `Bearer ${token}` };

/**
 * graphql-ws's client. It tries again where a connection cannot be made, too, and waits for less long before
 * it does than by default, for the tests' sake.
 */
export function connect(options = {}) {
  return createClient({
    url: socketUrl,
    connectionParams: headers,
    retryAttempts: 1000,
    shouldRetry: () => true,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 20)),
    ...options,
  });
}

/** The same client, whose subscriptions go on after the last revision they were told, each time it comes back. */
export function resuming(client) {
  function subscribe(request, sink) {
    let { variables } = request;
    const resumable = {
      ...request,
      get variables() {
        return variables;
      },
    };
    return client.subscribe(resumable, {
      next(result) {
        for (const event of Object.values(result.data ?? {})) {
          if (event?.revision) variables = { ...variables, after: event.revision };
        }
        sink.next(result);
      },
      error: (error) => sink.error(error),
      complete: () => sink.complete(),
    });
  }
  return { ...client, subscribe };
}

function say(id, answer) {
  process.stdout.write(`${JSON.stringify({ id, ...answer })}\n`);
}

/** What went wrong, as the client told it: GraphQL errors, bare or in one of its own, or what it threw. */
function failed(error) {
  const errors = Array.isArray(error) ? error : (error.errors ?? error.graphQLErrors ?? []);
  return errors.length ? { errors } : { thrown: `${error.code ?? error.name} ${error.reason ?? error.message}` };
}

/** What Apollo and urql make of an answer, as the test wants it. */
export function read({ data, error }) {
  return { data, ...(error && failed(error)) };
}

/**
 * Do what the test says until it closes the pipe. Each line is JSON: {id, verb, query, name, variables}.
 * `execute` returns a promise of {data, errors}; `subscribe` calls its sink and returns how to complete.
 */
export async function converse({ execute, subscribe }) {
  const completions = new Map();
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, verb, ...request } = JSON.parse(line);
    if (verb === 'execute') {
      execute(request).then(
        (answer) => say(id, answer),
        (error) => say(id, failed(error)),
      );
    } else if (verb === 'subscribe') {
      const sink = {
        next: ({ data, errors, thrown }) => say(id, { data, errors, thrown }),
        error: (error) => say(id, failed(error)),
        complete: () => say(id, { completed: true }),
      };
      completions.set(id, subscribe(request, sink));
    } else {
      completions.get(id)();
    }
  }
  process.exit(0);
}
