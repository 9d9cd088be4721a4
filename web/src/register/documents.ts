import { graphql, type VariablesOf } from '../api/graphql';
import { ImportState } from '../imports/documents';

export const Prospect = graphql(
  `
    mutation Prospect($input: ProspectCompaniesInput!) {
      prospectCompanies(input: $input) { import { ...ImportState } errors { code message path } }
    }
  `,
  [ImportState],
);

export type ProspectInput = VariablesOf<typeof Prospect>['input'];
