import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

import { ask, RequestFailed, type UserError } from '../api/ask';
import { follow } from '../api/follow';
import { newKey } from '../api/id';
import { waitFor } from '../api/socket';
import { applyChange, applyPage, type Board, boardOf, drop, put } from './board';
import { BoardChanged, type Card, DeleteCard, LoseCard, MoveCard, ReadBoard, ReadMore, type Told, Viewers, WinCard } from './documents';
import { filterOf, matches, type Narrowing, writeNarrowing } from './filter';
import { remember } from './motion';
import type { Destination, Pending } from './pending';

const FIRST = 40; // deals of each stage that come with the board
const MORE = 100;

/** There is no such pipeline, or it is not the viewer's to see. */
export class Missing extends Error {}

/** The board as it is shown, and what can be done with it. */
export interface Followed {
  board?: Board;
  pending: readonly Pending[];
  error?: Error;
  /** True while every change is told as it happens. */
  live: boolean;
  /**
   * Sends a card somewhere: it is shown there at once, and goes back where the server refuses, for the
   * reason returned, or is not reached, which throws.
   */
  send: (card: Card, to: Destination, lostReason?: string) => Promise<string | undefined>;
  /** Reads the next deals of a stage. */
  more: (stageId: string) => void;
}

/** Reads the board of a pipeline and follows what happens to it. */
export function useBoard(pipelineId: string, narrowing: Narrowing): Followed {
  const [board, setBoard] = useState<Board>();
  const [pending, setPending] = useState<readonly Pending[]>([]);
  const [error, setError] = useState<Error>();
  const [live, setLive] = useState(false);
  const [round, setRound] = useState(0);
  const current = useRef<Board | undefined>(undefined);
  const reading = useRef(new Set<string>());

  const key = writeNarrowing(narrowing).toString();
  const asked = useMemo(() => {
    const variables = { id: pipelineId, filter: filterOf(narrowing), filtered: key !== '' };
    return { variables, matches: (card: Card) => matches(card, narrowing) };
    // What is narrowed is in the key; the object may be another with each rendering.
  }, [pipelineId, key]);
  const latest = useRef(asked);
  latest.current = asked;

  const show = useCallback((next: Board) => setBoard((current.current = next)), []);
  const settle = useCallback((id: string) => setPending(known => known.filter(each => each.id !== id)), []);

  useEffect(() => {
    const abort = new AbortController();
    setLive(false);

    function tell(change: Told) {
      if (!current.current) return;
      const next = applyChange(current.current, change, asked.matches);
      if (next === 'again') return setRound(n => n + 1);
      if (change.clientMutationId) settle(change.clientMutationId);
      else remember('deal' in change ? change.deal.id : undefined);
      show(next);
    }

    const stop = follow({
      document: BoardChanged,
      variables: () => ({ ...asked.variables, after: current.current?.revision }),
      onEvent: data => tell(data.pipelineChanged),
      onLive: setLive,
      until: readUntilThere(asked.variables, abort.signal, setError).then(read => {
        if (!read) return new Promise<void>(() => {}); // there is nothing to follow
        reading.current.clear();
        show(read);
      }),
    });
    return () => {
      abort.abort();
      stop();
    };
  }, [asked, round, settle, show]);

  const send = useCallback(
    async (card: Card, to: Destination, lostReason?: string) => {
      const id = newKey();
      remember(card.id);
      setPending(known => [...known.filter(each => each.dealId !== card.id), { id, dealId: card.id, to }]);
      try {
        const { deal, errors } = await command(card, to, id, lostReason);
        const told = current.current;
        if (deal && told) show(put(told, deal, deal.pipeline.revision, latest.current.matches));
        else if (told && !errors.length) show(drop(told, card.id, told.revision));
        return errors.length ? errors.map(each => each.message).join(' ') : undefined;
      } finally {
        remember(card.id);
        settle(id);
      }
    },
    [settle, show],
  );

  const more = useCallback(
    (stageId: string) => {
      const next = current.current?.columns.find(each => each.id === stageId)?.next;
      if (!next || reading.current.has(stageId)) return;
      reading.current.add(stageId);
      const { variables } = asked;
      void ask(ReadMore, { stageId, filter: variables.filter, first: MORE, after: next })
        .then(({ node }) => {
          if (latest.current !== asked || !current.current || !node || !('deals' in node)) return;
          show(applyPage(current.current, stageId, node.deals, node.pipeline.revision));
        })
        .catch((error: Error) => (error instanceof RequestFailed && error.unreached) || setError(error))
        .finally(() => reading.current.delete(stageId));
    },
    [asked, show],
  );

  return { board, pending, error, live, send, more };
}

/** Reads the board, and again while the server is not reached; nothing where there is no such pipeline. */
async function readUntilThere(
  variables: { id: string; filter: ReturnType<typeof filterOf>; filtered: boolean },
  signal: AbortSignal,
  onError: (error?: Error) => void,
): Promise<Board | undefined> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const { pipeline } = await ask(ReadBoard, { ...variables, first: FIRST }, signal);
      onError(pipeline ? undefined : new Missing());
      return pipeline ? boardOf(pipeline) : undefined;
    } catch (error) {
      if (signal.aborted) break;
      onError(error as Error);
      if (!(error instanceof RequestFailed && error.unreached)) break;
      await new Promise(resolve => setTimeout(resolve, waitFor(failures)));
    }
  }
  return undefined;
}

interface Answer {
  deal?: (Card & { pipeline: { revision: string } }) | null;
  errors: UserError[];
}

/** The command that sends a card there. */
async function command(card: Card, to: Destination, clientMutationId: string, lostReason?: string): Promise<Answer> {
  const input = { id: card.id, clientMutationId };
  switch (to) {
    case 'won':
      return (await ask(WinCard, { input })).done;
    case 'lost':
      return (await ask(LoseCard, { input: { ...input, lostReason: lostReason || undefined } })).done;
    case 'deleted':
      return (await ask(DeleteCard, { input: { ids: [card.id], clientMutationId } })).done;
    default:
      return (await ask(MoveCard, { input: { ...input, stageId: to.stageId } })).done;
  }
}

/** Who else looks at the board. */
export function useViewers(pipelineId: string): readonly { id: string; name: string }[] {
  const [users, setUsers] = useState<readonly { id: string; name: string }[]>([]);
  useEffect(
    () =>
      follow({
        document: Viewers,
        variables: () => ({ id: pipelineId }),
        onEvent: data => setUsers(data.boardViewers.users),
        onLive: live => live || setUsers([]),
      }),
    [pipelineId],
  );
  return users;
}
