import { graphql, type FragmentOf, type ResultOf, type VariablesOf } from '../api/graphql';

export const ImportState = graphql(`
  fragment ImportState on Import {
    id
    fileName
    status
    isDryRun
    rowsRead
    kind
    rowsCreated
    rowsUpdated
    rowsUnchanged
    rowsSkipped
    failure
    undoneAt
  }
`);

export const Preview = graphql(`
  query ImportPreview($id: ID!, $kind: ImportKind!) {
    importPreview(id: $id, kind: $kind) {
      columns { name samples field customFieldId }
      errors { code message path }
    }
    customFields { id name }
  }
`);

export const ImportRecords = graphql(
  `
    mutation ImportRecords($input: ImportRecordsInput!) {
      importRecords(input: $input) { import { ...ImportState } errors { code message path } }
    }
  `,
  [ImportState],
);

export const UndoImport = graphql(
  `
    mutation UndoImport($input: UndoImportInput!) {
      undoImport(input: $input) { import { ...ImportState } errors { code message path } }
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
export type CustomField = ResultOf<typeof Preview>['customFields'][number];
export type Field = NonNullable<Column['field']>;
export type State = FragmentOf<typeof ImportState>;
export type Mapping = NonNullable<VariablesOf<typeof ImportRecords>['input']['mapping']>;
export type Kind = State['kind'];
