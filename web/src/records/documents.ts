import { graphql, type FragmentOf, type ResultOf } from '../api/graphql';
import { CustomFieldFacts, CustomValue } from './custom';

/** What leads and deals show alike. */
export const RecordFacts = graphql(
  `
  fragment RecordFacts on Opportunity {
    __typename
    id
    title
    value { amount currency }
    owner { id name }
    person { id name emails phones }
    organization { id name domain address }
    labels { id name color }
    source
    expectedCloseDate
    visibility
    createdAt
    updatedAt
    version
    notes(first: 100) {
      totalCount
      nodes {
        id
        body
        createdAt
        author { id name }
        mentions { id name }
        comments { id body createdAt author { id name } mentions { id name } }
      }
    }
    activities(first: 100) {
      totalCount
      nodes { id subject type dueAt doneAt assignee { id name } }
    }
    customFields { ...CustomValue }
  }
`,
  [CustomValue],
);

export type Facts = FragmentOf<typeof RecordFacts>;
export type Note = Facts['notes']['nodes'][number];
export type Activity = Facts['activities']['nodes'][number];

export const Choices = graphql(
  `
  query RecordChoices {
    users { id name }
    labels { id name color }
    pipelines { id name stages { id name probability } }
    capabilities { capability lead deal description }
    customFields { ...CustomFieldFacts }
  }
`,
  [CustomFieldFacts],
);

export type RecordChoices = ResultOf<typeof Choices>;

export const AddNote = graphql(`
  mutation AddNote($input: AddNoteInput!) {
    addNote(input: $input) { errors { code message path } }
  }
`);

export const AddComment = graphql(`
  mutation AddComment($input: AddCommentInput!) {
    addComment(input: $input) { errors { code message path } }
  }
`);

export const AddActivity = graphql(`
  mutation AddActivity($input: AddActivityInput!) {
    addActivity(input: $input) { errors { code message path } }
  }
`);

export const CompleteActivity = graphql(`
  mutation CompleteActivity($input: CompleteActivityInput!) {
    completeActivity(input: $input) { errors { code message path } }
  }
`);
