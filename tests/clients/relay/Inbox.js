// The inbox as a Relay application has it: a connection read page by page, and a subscription that removes from it.
import { graphql } from 'relay-runtime';

graphql`
  query InboxQuery {
    ...Inbox_leads
  }
`;

graphql`
  fragment Inbox_leads on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
  @refetchable(queryName: "InboxPaginationQuery") {
    leads(first: $count, after: $cursor, orderBy: { field: TITLE, direction: ASC }) @connection(key: "Inbox_leads") {
      totalCount
      edges {
        node {
          ...Inbox_lead
        }
      }
    }
  }
`;

graphql`
  fragment Inbox_lead on Lead @refetchable(queryName: "InboxLeadQuery") {
    isSeen
    ...Inbox_opportunity
  }
`;

graphql`
  fragment Inbox_opportunity on Opportunity {
    title
    owner {
      name
    }
  }
`;

graphql`
  subscription InboxChangesSubscription($after: Revision) {
    leadInboxChanged(after: $after) {
      __typename
      revision
      ... on LeadUpdated {
        lead {
          ...Inbox_lead
        }
      }
      ... on LeadRemoved {
        leadId @deleteRecord
        reason
      }
    }
  }
`;
