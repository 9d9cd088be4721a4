import { graphql, type FragmentOf, type ResultOf, type VariablesOf } from '../api/graphql';

export const ImportState = graphql(`
  fragment ImportState on Import {
    id
    fileName
    status
    isDryRun
    rowsRead
    rowsCreated
    rowsUnchanged
    rowsSkipped
    failure
  }
`);

export const Preview = graphql(`
  query ImportPreview($id: ID!) {
    importPreview(id: $id) {
      columns { name samples field }
      errors { code message path }
    }
  }
`);

export const ImportLeads = graphql(
  `
    mutation ImportLeads($input: ImportLeadsInput!) {
      importLeads(input: $input) { import { ...ImportState } errors { code message path } }
    }
  `,
  [ImportState],
);

export const Progress = graphql(
  `
    subscription ImportProgress($importId: ID!) {
      importProgress(importId: $importId) { __typename revision import { ...ImportState } }
    }
  `,
  [ImportState],
);

export type Column = ResultOf<typeof Preview>['importPreview']['columns'][number];
export type Field = NonNullable<Column['field']>;
export type State = FragmentOf<typeof ImportState>;
export type Mapping = NonNullable<VariablesOf<typeof ImportLeads>['input']['mapping']>;
