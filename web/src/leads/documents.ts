import { graphql } from '../api/graphql';
import { RecordFacts } from '../records/documents';
import { MailFacts } from '../records/mail-documents';

export const Lead = graphql(
  `
    query Lead($id: ID!) {
      pipelines { revision }
      lead(id: $id) { ...RecordFacts archivedAt isSeen dropAddress mailMessages(first: 50) { nodes { ...MailFacts } } }
      conversion(leadId: $id) { at by { name } deal { id title } }
    }
  `,
  [RecordFacts, MailFacts],
);

export const InboxChanged = graphql(`
  subscription LeadChanged($after: Revision) {
    leadInboxChanged(after: $after) { __typename revision }
  }
`);

export const UpdateLead = graphql(`
  mutation UpdateLead($input: UpdateLeadInput!) {
    updateLead(input: $input) { errors { code message path } }
  }
`);
