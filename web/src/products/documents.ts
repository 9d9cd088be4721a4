import { graphql, type ResultOf, type VariablesOf } from '../api/graphql';

export const Catalogue = graphql(`
  query Catalogue($search: String) {
    products(search: $search, first: 100) {
      nodes {
        id
        name
        code
        description
        unit
        taxRate
        isActive
        version
        prices { price { amount currency } }
      }
      pageInfo { hasNextPage }
      totalCount
    }
  }
`);

export const CreateProduct = graphql(`
  mutation AddProduct($input: CreateProductInput!) {
    createProduct(input: $input) { product { id } errors { code message path } }
  }
`);

export const UpdateProduct = graphql(`
  mutation UpdateProduct($input: UpdateProductInput!) {
    updateProduct(input: $input) { product { id } errors { code message path } }
  }
`);

export type Product = ResultOf<typeof Catalogue>['products']['nodes'][number];
export type ProductInput = VariablesOf<typeof CreateProduct>['input'];
