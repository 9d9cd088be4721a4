import { graphql, type ResultOf } from '../api/graphql';

export const Conversations = graphql(`
  query Conversations($status: [ConversationStatus!], $open: ID!, $isOpen: Boolean!) {
    pipelines { revision }
    chats { id name path isActive }
    users { id name }
    conversations(status: $status, first: 100) {
      nodes { id status updatedAt chat { name } assignee { id name } lead { id title } messages { number author body at } }
    }
    conversation(id: $open) @include(if: $isOpen) {
      id
      status
      chat { name }
      assignee { id name }
      lead { id title }
      messages { number author agent { name } body at }
    }
  }
`);

export const ConversationsChanged = graphql(`
  subscription ConversationsChanged($after: Revision) {
    conversationChanged(after: $after) { __typename revision }
  }
`);

export const Reply = graphql(`
  mutation Reply($input: ReplyToConversationInput!) {
    replyToConversation(input: $input) { errors { code message path } }
  }
`);

export const Assign = graphql(`
  mutation AssignConversation($input: AssignConversationInput!) {
    assignConversation(input: $input) { errors { code message path } }
  }
`);

export const Close = graphql(`
  mutation CloseConversation($input: CloseConversationInput!) {
    closeConversation(input: $input) { errors { code message path } }
  }
`);

export const Qualify = graphql(`
  mutation QualifyConversation($input: QualifyConversationInput!) {
    qualifyConversation(input: $input) { errors { code message path } }
  }
`);

export type Answer = ResultOf<typeof Conversations>;
export type Row = Answer['conversations']['nodes'][number];
export type Open = NonNullable<Answer['conversation']>;
