import { graphql, type ResultOf } from '../api/graphql';

export const Dashboard = graphql(`
  query Dashboard($id: ID!, $from: Date, $to: Date, $ownerIds: [ID!]) {
    pipeline(id: $id) {
      id
      revision
      forecast(ownerIds: $ownerIds) { month count value { amount currency } weightedValue { amount currency } }
      outcomes(from: $from, to: $to, ownerIds: $ownerIds) {
        won { count value { amount currency } }
        lost { count value { amount currency } }
        lostReasons { reason count value { amount currency } }
      }
      stages {
        id
        name
        funnel(from: $from, to: $to, ownerIds: $ownerIds) { reached won }
        ages(ownerIds: $ownerIds) { count averageDays oldestDays rottenCount }
      }
    }
  }
`);

export const DashboardChanged = graphql(`
  subscription DashboardChanged($pipelineId: ID!, $after: Revision) {
    pipelineChanged(pipelineId: $pipelineId, after: $after) { __typename revision }
  }
`);

export const Choices = graphql(`
  query DashboardChoices {
    pipelines { id name }
    users { id name }
  }
`);

export type Figures = NonNullable<ResultOf<typeof Dashboard>['pipeline']>;
