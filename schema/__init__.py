"""What clients see: the types, inputs and operations of the GraphQL API, one module per noun."""
