import { graphql, type ResultOf } from '../api/graphql';

const ContactFactsFragment = graphql(`
  fragment ContactFacts on Contact {
    __typename
    id
    name
    ... on Person { emails phones organization { name } }
    ... on Organization { domain address }
  }
`);

/** What converting would do. */
export const Preview = graphql(`
  query ConversionPreview($leadIds: [ID!]!, $stageId: ID) {
    conversionPreview(leadIds: $leadIds, stageId: $stageId) {
      openDealsLeft
      errors { code message path }
      review {
        lead { id title }
        contact { ...ContactFacts }
        matches {
          score
          reasons
          contact { ...ContactFacts }
        }
      }
    }
    nodes(ids: $leadIds) { ... on Lead { id title } }
  }
`, [ContactFactsFragment]);

export const ConvertLeads = graphql(`
  mutation ConvertLeads($input: ConvertLeadsInput!) {
    convertLeads(input: $input) {
      results { leadId outcome deal { id title } errors { code message path } }
      errors { code message path }
      run { id status leadsTotal leadsDone failure }
    }
  }
`);

/** How a conversion in the background gets on, until it ends. */
export const Progress = graphql(`
  subscription ConversionProgress($runId: ID!) {
    conversionProgress(runId: $runId) { __typename revision run { id status leadsTotal leadsDone failure } }
  }
`);

/** What became of the leads of a conversion in the background. */
export const RunResults = graphql(`
  query RunResults($id: ID!, $after: Int!) {
    conversionResults(id: $id, first: 250, after: $after) { leadId outcome deal { id title } errors { code message path } }
  }
`);

export const UndoConversion = graphql(`
  mutation UndoConversion($input: UndoConversionInput!) {
    undoConversion(input: $input) { lead { id } errors { code message path } }
  }
`);

export type Previewed = ResultOf<typeof Preview>['conversionPreview'];
export type Duplicate = Previewed['review'][number];
export type ContactFacts = Duplicate['contact'];
export type Result = ResultOf<typeof ConvertLeads>['convertLeads']['results'][number];
export type Run = ResultOf<typeof Progress>['conversionProgress']['run'];
export type Outcome = Result['outcome'];

/** For each contact under review: the id of the one to use, null to keep it; not there: not answered. */
export type Answers = Record<string, string | null>;

/** The answers as convertLeads takes them. */
export function contactsOf(answers: Answers): { contactId: string; useContactId: string | null }[] {
  return Object.entries(answers).map(([contactId, useContactId]) => ({ contactId, useContactId }));
}

/** The reviews that have no answer yet. */
export function unanswered(review: readonly Duplicate[], answers: Answers): Duplicate[] {
  return review.filter(({ contact }) => !(contact.id in answers));
}

/** One review for each contact, however many leads have it. */
export function onceEach(review: readonly Duplicate[]): Duplicate[] {
  return [...new Map(review.map(each => [each.contact.id, each])).values()];
}

/** The faults of leads, by the lead; those of the call as a whole under ''. */
export function faultsByLead(leadIds: readonly string[], errors: Previewed['errors']): Map<string, string[]> {
  const faults = new Map<string, string[]>();
  for (const { message, path } of errors) {
    const leadId = path[0] === 'leadIds' && path[1] !== undefined ? (leadIds[Number(path[1])] ?? '') : '';
    faults.set(leadId, [...(faults.get(leadId) ?? []), message]);
  }
  return faults;
}

/** Why leads stayed as they are, each reason once, with how many it holds for. */
export function reasonsOf(results: readonly Result[]): Map<string, number> {
  const reasons = new Map<string, number>();
  for (const { message } of results.flatMap(each => each.errors)) reasons.set(message, (reasons.get(message) ?? 0) + 1);
  return reasons;
}

/** The answers with the contacts of all open questions kept. */
export function keepOthers(review: readonly Duplicate[], answers: Answers): Answers {
  return { ...Object.fromEntries(unanswered(review, answers).map(each => [each.contact.id, null])), ...answers };
}

/** How many leads came to which outcome, the most important first. */
export function counted(results: readonly Result[]): [Outcome, number][] {
  const order: Outcome[] = ['CONVERTED', 'WAITLISTED', 'ALREADY_CONVERTED', 'NEEDS_REVIEW', 'FAILED', 'SKIPPED'];
  return order
    .map(outcome => [outcome, results.filter(each => each.outcome === outcome).length] as [Outcome, number])
    .filter(([, count]) => count > 0);
}
