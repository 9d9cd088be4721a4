import { graphql, type ResultOf } from '../api/graphql';
import { RecordFacts } from '../records/documents';
import { FileFacts } from '../records/files-documents';
import { MailFacts } from '../records/mail-documents';
import { Sales } from './sales-documents';

export const Deal = graphql(
  `
    query Deal($id: ID!) {
      pipelines { revision }
      deal(id: $id) {
        ...RecordFacts
        status
        pipeline { id name stages { id name } }
        stage { id name }
        stageEnteredAt
        probability
        closedAt
        lostReason
        isRotten
        sourceLeadId
        participants { id name emails }
        followers { id name }
        projects { id name status dueOn tasks { id title doneAt } }
        ...Sales
        dropAddress
        mailMessages(first: 50) { nodes { ...MailFacts } }
        files(first: 50) { totalCount nodes { ...FileFacts } }
        timeline(first: 50) {
          pageInfo { hasNextPage }
          nodes {
            at
            note { id body author { name } mentions { id name } }
            activity { id subject doneAt assignee { name } }
            invoice { id number }
            document { id name }
            file { id name }
            message { id subject status }
            change {
              id
              way
              event
              field
              oldValue
              newValue
              actor { name }
              oldStage { name }
              newStage { name }
              oldOwner { name }
              newOwner { name }
              oldPerson { name }
              newPerson { name }
              oldOrganization { name }
              newOrganization { name }
              oldLabel { name }
              newLabel { name }
            }
          }
        }
      }
    }
  `,
  [RecordFacts, FileFacts, MailFacts, Sales],
);

export const DealChanged = graphql(`
  subscription DealChanged($dealId: ID!, $after: Revision) {
    dealChanged(dealId: $dealId, after: $after) { __typename revision }
  }
`);

export const UpdateDeal = graphql(`
  mutation UpdateDeal($input: UpdateDealInput!) {
    updateDeal(input: $input) { errors { code message path } }
  }
`);

export const MoveDeal = graphql(`
  mutation MoveDealTo($input: MoveDealInput!) {
    moveDeal(input: $input) { errors { code message path } }
  }
`);

export const WinDeal = graphql(`
  mutation WinDeal($input: CloseDealInput!) {
    winDeal(input: $input) { errors { code message path } }
  }
`);

export const LoseDeal = graphql(`
  mutation LoseDeal($input: CloseDealInput!) {
    loseDeal(input: $input) { errors { code message path } }
  }
`);

export const ReopenDeal = graphql(`
  mutation ReopenDeal($input: CloseDealInput!) {
    reopenDeal(input: $input) { errors { code message path } }
  }
`);

export const DeleteDeals = graphql(`
  mutation DeleteDeal($input: DealIdsInput!) {
    deleteDeals(input: $input) { errors { code message path } }
  }
`);

export const ConvertDealToLead = graphql(`
  mutation ConvertDealToLead($input: ConvertDealToLeadInput!) {
    convertDealToLead(input: $input) { lead { id } errors { code message path } }
  }
`);

export const UndoConversion = graphql(`
  mutation UndoDealConversion($input: UndoConversionInput!) {
    undoConversion(input: $input) { lead { id } errors { code message path } }
  }
`);

export const AddParticipants = graphql(`
  mutation AddParticipants($input: ParticipantsInput!) {
    addParticipants(input: $input) { errors { code message path } }
  }
`);

export const RemoveParticipants = graphql(`
  mutation RemoveParticipants($input: ParticipantsInput!) {
    removeParticipants(input: $input) { errors { code message path } }
  }
`);

export const FollowDeal = graphql(`
  mutation FollowDeal($input: FollowDealInput!) {
    followDeal(input: $input) { errors { code message path } }
  }
`);

export const UnfollowDeal = graphql(`
  mutation UnfollowDeal($input: FollowDealInput!) {
    unfollowDeal(input: $input) { errors { code message path } }
  }
`);

export const CreateProject = graphql(`
  mutation CreateProject($input: CreateProjectInput!) {
    createProject(input: $input) { errors { code message path } }
  }
`);

export const UpdateProjectTask = graphql(`
  mutation UpdateProjectTask($input: UpdateProjectTaskInput!) {
    updateProjectTask(input: $input) { errors { code message path } }
  }
`);

export const AddProjectTask = graphql(`
  mutation AddProjectTask($input: AddProjectTaskInput!) {
    addProjectTask(input: $input) { errors { code message path } }
  }
`);

export type Deal = NonNullable<ResultOf<typeof Deal>['deal']>;
export type TimelineItem = Deal['timeline']['nodes'][number];
export type Change = NonNullable<TimelineItem['change']>;
