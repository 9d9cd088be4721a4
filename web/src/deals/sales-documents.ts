import { graphql, type FragmentOf, type ResultOf } from '../api/graphql';

/** What of a deal is sold, and what was billed and written for it. */
export const Sales = graphql(`
  fragment Sales on Deal {
    id
    value { amount currency }
    mrr { amount currency }
    arr { amount currency }
    acv { amount currency }
    products {
      id
      product { id name unit }
      quantity
      itemPrice { amount currency }
      discountPercentage
      discountAmount { amount currency }
      taxRate
      billingFrequency
      isEnabled
      total { amount currency }
      tax { amount currency }
    }
    invoices {
      id
      number
      status
      isExternal
      isOverdue
      version
      amount { amount currency }
      owed { amount currency }
      dueOn
      issuedAt
      createdAt
    }
    documents { id name version language file { id name url } }
    formulaFields { field { id name } number money { amount currency } reason }
  }
`);

export type SalesOf = FragmentOf<typeof Sales>;
export type Line = SalesOf['products'][number];
export type Invoice = SalesOf['invoices'][number];

export const FindProducts = graphql(`
  query FindProducts($search: String) {
    products(search: $search, isActive: true, first: 20) { nodes { id name code prices { price { amount currency } } } }
  }
`);

export const Templates = graphql(`
  query Templates {
    documentTemplates { id name isActive }
  }
`);

export const AddDealProducts = graphql(`
  mutation AddDealProducts($input: AddDealProductsInput!) {
    addDealProducts(input: $input) { errors { code message path } }
  }
`);

export const UpdateDealProduct = graphql(`
  mutation UpdateDealProduct($input: UpdateDealProductInput!) {
    updateDealProduct(input: $input) { errors { code message path } }
  }
`);

export const RemoveDealProducts = graphql(`
  mutation RemoveDealProducts($input: DealProductIdsInput!) {
    removeDealProducts(input: $input) { errors { code message path } }
  }
`);

export const CreateProduct = graphql(`
  mutation CreateProduct($input: CreateProductInput!) {
    createProduct(input: $input) { product { id } errors { code message path } }
  }
`);

export const CreateInvoice = graphql(`
  mutation CreateInvoice($input: CreateInvoiceInput!) {
    createInvoice(input: $input) { errors { code message path } }
  }
`);

export const SendInvoice = graphql(`
  mutation SendInvoice($input: InvoiceIdInput!) {
    sendInvoice(input: $input) { errors { code message path } }
  }
`);

export const VoidInvoice = graphql(`
  mutation VoidInvoice($input: VoidInvoiceInput!) {
    voidInvoice(input: $input) { errors { code message path } }
  }
`);

export const PayInvoice = graphql(`
  mutation PayInvoice($input: AddInvoicePaymentInput!) {
    addInvoicePayment(input: $input) { errors { code message path } }
  }
`);

export const RenderInvoice = graphql(`
  mutation RenderInvoice($input: RenderInvoiceInput!) {
    renderInvoice(input: $input) { document { file { url } } errors { code message path } }
  }
`);

export const CreateDocument = graphql(`
  mutation CreateDocument($input: CreateDocumentInput!) {
    createDocument(input: $input) { errors { code message path } }
  }
`);

export type Template = ResultOf<typeof Templates>['documentTemplates'][number];
