import { graphql, type ResultOf } from '../api/graphql';

/** The inbox as it is listed, with the revision it was read at: every account has a pipeline to tell it. */
export const Inbox = graphql(`
  query Inbox($filter: LeadFilter, $first: Int!, $after: String) {
    pipelines { revision }
    leads(filter: $filter, first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        id
        title
        value { amount currency }
        owner { name }
        person { name }
        organization { name }
        labels { id name color }
        source
        nextActivity { dueAt }
        isSeen
        archivedAt
        createdAt
      }
    }
  }
`);

export const InboxChanged = graphql(`
  subscription InboxChanged($after: Revision) {
    leadInboxChanged(after: $after) { __typename revision }
  }
`);

/** What leads are filtered and made by. */
export const Choices = graphql(`
  query InboxChoices {
    users { id name }
    labels { id name color }
    pipelines { id name stages { id name } }
  }
`);

export const ArchiveLeads = graphql(`
  mutation ArchiveLeads($input: LeadIdsInput!) {
    archiveLeads(input: $input) { errors { code message path } }
  }
`);

export const UnarchiveLeads = graphql(`
  mutation UnarchiveLeads($input: LeadIdsInput!) {
    unarchiveLeads(input: $input) { errors { code message path } }
  }
`);

export const DeleteLeads = graphql(`
  mutation DeleteLeads($input: LeadIdsInput!) {
    deleteLeads(input: $input) { errors { code message path } }
  }
`);

export const CreateLead = graphql(`
  mutation CreateLead($input: CreateLeadInput!) {
    createLead(input: $input) { lead { id } errors { code message path } }
  }
`);

export type Lead = ResultOf<typeof Inbox>['leads']['nodes'][number];
