import { isLater } from '../api/revision';
import type { Card, Head, Pipeline, Told } from './documents';

/** A stage as the board has it. */
export interface Column {
  id: string;
  name: string;
  totals: Head['totals'];
  /** How many of its deals the filter lets through. */
  matching: number;
  /** Where the next page begins; null where everything is there. */
  next: string | null;
  /** Deals that entered before this moment may be missing: they are shown with the next page. */
  since: string | null;
}

/** What the server has told of a pipeline, in any order, as one state. */
export interface Board {
  name: string;
  /** The revision it was read at. */
  read: string;
  /** After which revision changes are wanted. */
  revision: string;
  columns: readonly Column[];
  deals: ReadonlyMap<string, Card>;
  /** The revision of the last that was told of each deal, also of those that are gone. */
  told: ReadonlyMap<string, string>;
}

/** A page of a stage's deals. */
export type Page = Pipeline['stages'][number]['deals'];

/** Whether a filter lets a deal through. */
export type Matches = (card: Card) => boolean;

/** The board as it was read. */
export function boardOf({ name, revision, stages }: Pipeline): Board {
  const cards = stages.flatMap(stage => stage.deals.nodes);
  return {
    name,
    read: revision,
    revision,
    columns: stages.map(stage => ({ id: stage.id, name: stage.name, ...headOf(stage), ...endOf(stage.deals) })),
    deals: new Map(cards.map(card => [card.id, card])),
    told: new Map(cards.map(card => [card.id, revision])),
  };
}

/** The board after a change. `again` where it must be read again: what changed cannot be told. */
export function applyChange(board: Board, change: Told, matches: Matches): Board | 'again' {
  if (change.__typename === 'Resync' || change.__typename === 'PipelineReshaped') return 'again';
  if (isLater(board.revision, change.revision)) return board; // of one revision there may be several: see docs/boards.md
  const next = { ...board, revision: change.revision, columns: board.columns.map(column => withHead(column, change.stages)) };
  if ('deal' in change) return put(next, change.deal, change.revision, matches);
  if ('dealId' in change) return drop(next, change.dealId, change.revision);
  return next;
}

/** The board with the next page of a stage, read at this revision. One that is older than the board is nothing. */
export function applyPage(board: Board, stageId: string, page: Page, revision: string): Board {
  if (isLater(board.read, revision)) return board;
  const deals = new Map(board.deals);
  const told = new Map(board.told);
  for (const card of page.nodes) {
    if (!isNews(board, card.id, revision)) continue;
    deals.set(card.id, card);
    told.set(card.id, revision);
  }
  const columns = board.columns.map(column => (column.id === stageId ? { ...column, ...endOf(page) } : column));
  return { ...board, columns, deals, told };
}

/** The board with a deal as it is at a revision: shown, or not where it is closed, elsewhere, or filtered out. */
export function put(board: Board, card: Card, revision: string, matches: Matches): Board {
  if (!isNews(board, card.id, revision)) return board;
  const isHere = card.status === 'OPEN' && board.columns.some(column => column.id === card.stage.id) && matches(card);
  if (!isHere) return drop(board, card.id, revision);
  return {
    ...board,
    deals: new Map(board.deals).set(card.id, card),
    told: new Map(board.told).set(card.id, revision),
  };
}

/** The board without a deal. */
export function drop(board: Board, dealId: string, revision: string): Board {
  if (!isNews(board, dealId, revision)) return board;
  const deals = new Map(board.deals);
  deals.delete(dealId);
  return { ...board, deals, told: new Map(board.told).set(dealId, revision) };
}

// The same revision again is news: one change can tell of a deal that a page showed before it.
function isNews(board: Board, dealId: string, revision: string): boolean {
  return !isLater(board.told.get(dealId) ?? board.read, revision);
}

function headOf(head: Head): Pick<Column, 'totals' | 'matching'> {
  return { totals: head.totals, matching: head.matching?.totalCount ?? head.totals.count };
}

function withHead(column: Column, heads: readonly Head[]): Column {
  const head = heads.find(each => each.id === column.id);
  return head ? { ...column, ...headOf(head) } : column;
}

function endOf({ pageInfo, nodes }: Page): Pick<Column, 'next' | 'since'> {
  if (!pageInfo.hasNextPage) return { next: null, since: null };
  return { next: pageInfo.endCursor, since: nodes.at(-1)?.stageEnteredAt ?? null };
}
