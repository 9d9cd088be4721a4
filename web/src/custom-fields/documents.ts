import { graphql, type ResultOf, type VariablesOf } from '../api/graphql';

export const Fields = graphql(`
  query Fields {
    customFields {
      id
      name
      type
      isRequired
      options { id name isActive }
      requiredByStages { id name }
    }
    formulaFields { id name expression type }
    pipelines { id name stages { id name } }
  }
`);

export const CreateField = graphql(`
  mutation CreateField($input: CreateCustomFieldInput!) {
    createCustomField(input: $input) { customField { id } errors { code message path } }
  }
`);

export const UpdateField = graphql(`
  mutation UpdateField($input: UpdateCustomFieldInput!) {
    updateCustomField(input: $input) { customField { id } errors { code message path } }
  }
`);

export const OrderFields = graphql(`
  mutation OrderFields($input: OrderCustomFieldsInput!) {
    orderCustomFields(input: $input) { errors { code message path } }
  }
`);

export const DeleteField = graphql(`
  mutation DeleteField($input: CustomFieldIdInput!) {
    deleteCustomField(input: $input) { errors { code message path } }
  }
`);

export const RestoreField = graphql(`
  mutation RestoreField($input: CustomFieldIdInput!) {
    restoreCustomField(input: $input) { errors { code message path } }
  }
`);

export const CreateFormula = graphql(`
  mutation CreateFormula($input: CreateFormulaFieldInput!) {
    createFormulaField(input: $input) { formulaField { id } errors { code message path } }
  }
`);

export const UpdateFormula = graphql(`
  mutation UpdateFormula($input: UpdateFormulaFieldInput!) {
    updateFormulaField(input: $input) { formulaField { id } errors { code message path } }
  }
`);

export const DeleteFormula = graphql(`
  mutation DeleteFormula($input: FormulaFieldIdInput!) {
    deleteFormulaField(input: $input) { errors { code message path } }
  }
`);

export type Known = ResultOf<typeof Fields>;
export type Field = Known['customFields'][number];
export type Formula = Known['formulaFields'][number];
export type FieldType = VariablesOf<typeof CreateField>['input']['type'];
