import { graphql, type ResultOf, type VariablesOf } from '../api/graphql';

export const Forms = graphql(`
  query Forms {
    webForms {
      id
      name
      path
      language
      target
      stage { id }
      owners { id name }
      intro
      button
      consentText
      thanks
      redirectUrl
      isActive
      version
      fields { label meaning isRequired customField { id } }
      submissions(first: 1) { totalCount nodes { at } }
    }
    users { id name }
    customFields { id name }
    pipelines { id name stages { id name } }
  }
`);

export const CreateForm = graphql(`
  mutation CreateForm($input: CreateWebFormInput!) {
    createWebForm(input: $input) { webForm { id } errors { code message path } }
  }
`);

export const UpdateForm = graphql(`
  mutation UpdateForm($input: UpdateWebFormInput!) {
    updateWebForm(input: $input) { webForm { id } errors { code message path } }
  }
`);

export type Choices = ResultOf<typeof Forms>;
export type Form = Choices['webForms'][number];
export type FormInput = VariablesOf<typeof CreateForm>['input'];
export type Meaning = Form['fields'][number]['meaning'];
