// Relay's runtime, over what its compiler made of the documents (in the folder LEJEK_COMPILED).
import { createRequire } from 'node:module';
import relay from 'relay-runtime';
import { connect, converse, headers, resuming, url } from './conversation.mjs';

const { Environment, Network, Observable, RecordSource, Store } = relay;
const require = createRequire(`${process.env.LEJEK_COMPILED}/`);
const compiled = (name) => require(`./${name}.graphql.js`);
const socket = resuming(connect());

async function fetchOperation({ text }, variables) {
  const body = JSON.stringify({ query: text, variables });
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
    body,
  });
  return response.json();
}

function follow({ text: query }, variables) {
  return Observable.create((sink) => socket.subscribe({ query, variables }, sink));
}

const environment = new Environment({
  network: Network.create(fetchOperation, follow),
  store: new Store(new RecordSource()),
});

/** What was read, with what its fragments read in place of their references. */
function unmask(value) {
  if (Array.isArray(value)) return value.map(unmask);
  if (value === null || typeof value !== 'object') return value;
  const { __fragments = {}, __id, __fragmentOwner, ...fields } = value;
  const read = (name) => environment.lookup(relay.getSingularSelector(compiled(name), value)).data;
  const shown = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, unmask(field)]));
  return Object.assign(shown, ...Object.keys(__fragments).map((name) => unmask(read(name))));
}

/** What the store holds for an operation, kept from its garbage collection from here on. */
function lookUp(name, variables) {
  const operation = relay.createOperationDescriptor(compiled(name), variables);
  environment.retain(operation);
  return { data: unmask(environment.lookup(operation.fragment).data) };
}

function mutate(mutation, variables) {
  return new Promise((resolve, reject) => {
    const onCompleted = (data, errors) => resolve({ data, errors: errors ?? undefined });
    relay.commitMutation(environment, { mutation, variables, onCompleted, onError: reject });
  });
}

async function execute({ name, variables, cached }) {
  const node = compiled(name);
  if (node.params.operationKind === 'mutation') return mutate(node, variables);
  if (!cached) await relay.fetchQuery(environment, node, variables).toPromise();
  return lookUp(name, variables);
}

function subscribe({ name, variables }, sink) {
  const watching = relay.requestSubscription(environment, {
    subscription: compiled(name),
    variables,
    onNext: (data) => sink.next({ data: unmask(data) }),
    onError: sink.error,
    onCompleted: sink.complete,
  });
  return () => watching.dispose();
}

await converse({ execute, subscribe });
