import { graphql, type FragmentOf } from '../api/graphql';

export const MailFacts = graphql(`
  fragment MailFacts on MailMessage {
    id
    status
    failure
    subject
    snippet
    text
    at
    author { id }
    parties { role address name person { name } }
    attachments { id name url }
  }
`);

export const SendMail = graphql(`
  mutation SendMail($input: SendMailInput!) {
    sendMail(input: $input) { errors { code message path } }
  }
`);

export type Message = FragmentOf<typeof MailFacts>;
