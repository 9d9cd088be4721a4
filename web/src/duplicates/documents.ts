import { type FragmentOf, graphql, type ResultOf, type VariablesOf } from '../api/graphql';

const Facts = graphql(`
  fragment DuplicateFacts on Contact {
    __typename
    id
    name
    ... on Person { emails phones organization { id name } version owner { name } createdAt }
    ... on Organization { domain address version owner { name } createdAt }
  }
`);

const Page = graphql(
  `
    fragment DuplicatePage on DuplicateConnection {
      nodes {
        contact { ...DuplicateFacts }
        matches {
          contact { ...DuplicateFacts }
          score
          reasons
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  `,
  [Facts],
);

export const DuplicatePeople = graphql(
  `query DuplicatePeople($after: String) { page: duplicatePeople(first: 20, after: $after) { ...DuplicatePage } }`,
  [Page],
);

export const DuplicateOrganizations = graphql(
  `query DuplicateOrganizations($after: String) { page: duplicateOrganizations(first: 20, after: $after) { ...DuplicatePage } }`,
  [Page],
);

export const Merge = graphql(`
  mutation Merge($input: MergeContactsInput!) {
    mergeContacts(input: $input) { contact { id } errors { code message path } }
  }
`);

export const Unmerge = graphql(`
  mutation Unmerge($input: UndoMergeInput!) {
    undoMerge(input: $input) { contact { id } errors { code message path } }
  }
`);

export const KeepSeparate = graphql(`
  mutation KeepSeparate($input: KeepContactsSeparateInput!) {
    keepContactsSeparate(input: $input) { contact { id } errors { code message path } }
  }
`);

export type Contact = FragmentOf<typeof Facts>;
export type Duplicate = ResultOf<typeof DuplicatePeople>['page']['nodes'][number];
export type Match = Duplicate['matches'][number];
export type Taken = NonNullable<VariablesOf<typeof Merge>['input']['take']>[number];
