import { graphql, type ResultOf } from '../api/graphql';

export const Templates = graphql(`
  query Templates {
    documentTemplates { id name body language isActive version updatedAt }
  }
`);

export const CreateTemplate = graphql(`
  mutation CreateTemplate($input: CreateDocumentTemplateInput!) {
    createDocumentTemplate(input: $input) { template { id } errors { code message path } }
  }
`);

export const UpdateTemplate = graphql(`
  mutation UpdateTemplate($input: UpdateDocumentTemplateInput!) {
    updateDocumentTemplate(input: $input) { template { id } errors { code message path } }
  }
`);

export type Template = ResultOf<typeof Templates>['documentTemplates'][number];
