import { graphql, type ResultOf } from '../api/graphql';

export const Usage = graphql(`
  query Usage($after: String) {
    viewer { account { plan { name openDealLimit openDealCount } } }
    planPlaces { placesLeft candidates { reason count } }
    pipelines { revision }
    waitlist(first: 50, after: $after) {
      nodes { position lead { id title } requestedBy { name } }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`);

export const UsageChanged = graphql(`
  subscription UsageChanged($after: Revision) {
    planUsageChanged(after: $after) { __typename revision }
  }
`);

export const Leave = graphql(`
  mutation Leave($input: LeaveWaitlistInput!) {
    leaveWaitlist(input: $input) { leads { id } errors { code message path } }
  }
`);

export type Places = ResultOf<typeof Usage>['planPlaces'];
export type Line = ResultOf<typeof Usage>['waitlist'];
