import { graphql, type ResultOf } from '../api/graphql';

export const Developer = graphql(`
  query Developer {
    tokens { id name scope createdAt revokedAt }
    capabilities { capability lead deal description }
    pipelines { id name revision }
  }
`);

export const CreateToken = graphql(`
  mutation CreateToken($input: CreateTokenInput!) {
    createToken(input: $input) { secret errors { code message path } }
  }
`);

export const RevokeToken = graphql(`
  mutation RevokeToken($input: RevokeTokenInput!) {
    revokeToken(input: $input) { errors { code message path } }
  }
`);

/** The inbox as it is told: whatever happens to leads. */
export const LeadsTold = graphql(`
  subscription LeadsTold($after: Revision) {
    leadInboxChanged(after: $after) {
      __typename
      revision
      at
      actor { name }
      ... on LeadAdded { lead { id title } }
      ... on LeadUpdated { lead { id title } fields }
      ... on LeadRemoved { leadId reason }
    }
  }
`);

/** All deals as they are told. */
export const DealsTold = graphql(`
  subscription DealsTold($after: Revision) {
    dealsChanged(after: $after) {
      __typename
      revision
      at
      actor { name }
      ... on DealAdded { deal { id title } }
      ... on DealUpdated { deal { id title } fields }
      ... on DealMoved { deal { id title } fromStage { name } toStage { name } }
      ... on DealClosed { deal { id title } }
      ... on DealReopened { deal { id title } }
      ... on DealRemoved { dealId reason }
    }
  }
`);

export type Token = ResultOf<typeof Developer>['tokens'][number];
export type Scope = Token['scope'];
export type Capabilities = ResultOf<typeof Developer>['capabilities'];
type LeadTold = ResultOf<typeof LeadsTold>['leadInboxChanged'];
type DealTold = ResultOf<typeof DealsTold>['dealsChanged'];
export type Told = LeadTold | DealTold;
