// Apollo Client with its normalising cache: subscriptions by its graphql-ws link, the rest by HTTP.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { connect, converse, headers, read, resuming, url } from './conversation.mjs';

const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(resuming(connect())),
    new HttpLink({ uri: url, headers }),
  ),
});

async function execute({ query, variables, cached }) {
  const document = gql(query);
  const errorPolicy = 'all';
  if (document.definitions[0].operation === 'mutation') {
    return read(await client.mutate({ mutation: document, variables, errorPolicy }));
  }
  const fetchPolicy = cached ? 'cache-only' : 'network-only';
  return read(await client.query({ query: document, variables, errorPolicy, fetchPolicy }));
}

function subscribe({ query, variables }, sink) {
  const watching = client.subscribe({ query: gql(query), variables, errorPolicy: 'all' }).subscribe({
    next: (result) => sink.next(read(result)),
    error: sink.error,
    complete: sink.complete,
  });
  return () => watching.unsubscribe();
}

await converse({ execute, subscribe });
