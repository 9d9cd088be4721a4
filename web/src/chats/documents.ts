import { graphql, type ResultOf, type VariablesOf } from '../api/graphql';

export const Chats = graphql(`
  query Chats {
    chats {
      id
      name
      path
      language
      greeting
      isActive
      owner { id name }
      steps { key says asks next qualifies choices { label next } }
    }
    users { id name }
  }
`);

export const CreateChat = graphql(`
  mutation CreateChat($input: CreateChatInput!) {
    createChat(input: $input) { chat { id } errors { code message path } }
  }
`);

export const UpdateChat = graphql(`
  mutation UpdateChat($input: UpdateChatInput!) {
    updateChat(input: $input) { chat { id } errors { code message path } }
  }
`);

export type Known = ResultOf<typeof Chats>;
export type Chat = Known['chats'][number];
export type ChatInput = VariablesOf<typeof CreateChat>['input'];
export type Asked = NonNullable<Chat['steps'][number]['asks']>;
