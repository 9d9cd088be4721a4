import { graphql, type ResultOf } from '../api/graphql';

/** What a card shows. */
const CardFields = graphql(`
  fragment CardFields on Deal @_unmask {
    id
    title
    status
    version
    value { amount currency }
    owner { id name }
    person { name }
    organization { name }
    labels { id name color }
    nextActivity { dueAt }
    stage { id }
    stageEnteredAt
    isRotten
  }
`);

/** What a column's head shows. Without a filter all of its deals match. */
const HeadFields = graphql(`
  fragment HeadFields on Stage @_unmask {
    id
    totals { count value { amount currency } weightedValue { amount currency } }
    matching: deals(first: 1, filter: $filter) @include(if: $filtered) { totalCount }
  }
`);

/** The board with the revision it was read at. */
export const ReadBoard = graphql(
  `
    query ReadBoard($id: ID!, $filter: DealFilter, $filtered: Boolean!, $first: Int!) {
      pipeline(id: $id) {
        id
        name
        revision
        stages {
          ...HeadFields
          name
          deals(first: $first, filter: $filter) { pageInfo { hasNextPage endCursor } nodes { ...CardFields } }
        }
      }
    }
  `,
  [CardFields, HeadFields],
);

/** What comes after the deals of a stage that are there. */
export const ReadMore = graphql(
  `
    query ReadMore($stageId: ID!, $filter: DealFilter, $first: Int!, $after: String) {
      node(id: $stageId) {
        ... on Stage {
          pipeline { revision }
          deals(first: $first, after: $after, filter: $filter) {
            pageInfo { hasNextPage endCursor }
            nodes { ...CardFields }
          }
        }
      }
    }
  `,
  [CardFields],
);

/** Everything that happens to the board after a revision. */
export const BoardChanged = graphql(
  `
    subscription BoardChanged($id: ID!, $after: Revision, $filter: DealFilter, $filtered: Boolean!) {
      pipelineChanged(pipelineId: $id, after: $after) {
        __typename
        revision
        clientMutationId
        actor { name }
        stages { ...HeadFields }
        ... on DealAdded { deal { ...CardFields } }
        ... on DealUpdated { deal { ...CardFields } }
        ... on DealMoved { deal { ...CardFields } }
        ... on DealClosed { deal { ...CardFields } }
        ... on DealReopened { deal { ...CardFields } }
        ... on DealRemoved { dealId }
      }
    }
  `,
  [CardFields, HeadFields],
);

export const Viewers = graphql(`
  subscription Viewers($id: ID!) {
    boardViewers(pipelineId: $id) { users { id name } }
  }
`);

/** What boards are chosen and filtered by. */
export const Choices = graphql(`
  query BoardChoices {
    pipelines { id name }
    users { id name }
    labels { id name color }
  }
`);

export const MoveCard = graphql(
  `
    mutation MoveCard($input: MoveDealInput!) {
      done: moveDeal(input: $input) { deal { ...CardFields pipeline { revision } } errors { code message path } }
    }
  `,
  [CardFields],
);

export const WinCard = graphql(
  `
    mutation WinCard($input: CloseDealInput!) {
      done: winDeal(input: $input) { deal { ...CardFields pipeline { revision } } errors { code message path } }
    }
  `,
  [CardFields],
);

export const LoseCard = graphql(
  `
    mutation LoseCard($input: CloseDealInput!) {
      done: loseDeal(input: $input) { deal { ...CardFields pipeline { revision } } errors { code message path } }
    }
  `,
  [CardFields],
);

export const DeleteCard = graphql(`
  mutation DeleteCard($input: DealIdsInput!) {
    done: deleteDeals(input: $input) { deletedIds errors { code message path } }
  }
`);

export const CreateDeal = graphql(`
  mutation CreateDeal($input: CreateDealInput!) {
    createDeal(input: $input) { deal { id } errors { code message path } }
  }
`);

export type Card = ResultOf<typeof CardFields>;
export type Pipeline = NonNullable<ResultOf<typeof ReadBoard>['pipeline']>;
export type Head = Pick<Pipeline['stages'][number], 'id' | 'totals' | 'matching'>;
export type Told = ResultOf<typeof BoardChanged>['pipelineChanged'];
