import { ask } from '../api/ask';
import { type Lead, Inbox } from './documents';
import { filterOf, type Narrowing } from './filter';

const LARGEST_PAGE = 250;

/** The first leads of the inbox. */
export interface InboxRead {
  leads: Lead[];
  totalCount: number;
  hasMore: boolean;
  revision: string | undefined;
}

/** Reads the first `count` leads that are let through, page by page. */
export async function readInbox(narrowing: Narrowing, count: number, signal: AbortSignal): Promise<InboxRead> {
  const filter = filterOf(narrowing);
  const leads: Lead[] = [];
  let after: string | null | undefined;
  let read: InboxRead | undefined;
  do {
    const first = Math.min(count - leads.length, LARGEST_PAGE);
    const { pipelines, leads: page } = await ask(Inbox, { filter, first, after }, signal);
    leads.push(...page.nodes);
    const hasMore = page.pageInfo.hasNextPage;
    read = { leads, totalCount: page.totalCount, hasMore, revision: read?.revision ?? pipelines[0]?.revision };
    after = page.pageInfo.endCursor;
  } while (read.hasMore && leads.length < count);
  return { ...read, leads: onceEach(leads) };
}

/** A lead that moved between two pages comes in both: it is shown where it came first. */
function onceEach(leads: Lead[]): Lead[] {
  return [...new Map(leads.map(lead => [lead.id, lead])).values()];
}
