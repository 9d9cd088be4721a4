import { useEffect, useState } from 'react';

import { ask, type UserError } from '../api/ask';
import { follow } from '../api/follow';
import { csrfHeader } from '../api/session';
import { send } from '../api/upload';
import { useCommand } from '../records/command';
import { Progress, type State, UndoImport } from './documents';

/** The kinds of files that hold a table. */
export const TABLES = '.csv,.tsv,.txt,.xlsx,.jsonl';

type Begun = Promise<{ import: State | null; errors: UserError[] }>;

/** What becomes of an upload: how it gets on once it was begun, and its undoing. */
export interface Run {
  state: State | undefined;
  isRunning: boolean;
  /** It was worked through, and not only tried. */
  isDone: boolean;
  busy: boolean;
  refusal: string;
  begin: (begun: Begun) => Promise<void>;
  undo: () => Promise<void>;
}

/** Sends a file that is to be worked through; ends with the id it has from then on. */
export async function upload(file: File, onProgress: (share: number) => void): Promise<string> {
  const address = `/uploads?fileName=${encodeURIComponent(file.name)}`;
  const answer = await send(file, { method: 'POST', address, headers: csrfHeader() }, onProgress);
  return (answer as { uploadId: string }).uploadId;
}

/** Follows what becomes of an upload. */
export function useRun(id: string): Run {
  const [state, setState] = useState<State>();
  const { busy, refusal, run } = useCommand();
  const isRunning = state?.status === 'RUNNING';

  // The subscription ends with a run, and another run begins another.
  useEffect(() => {
    if (!isRunning) return;
    return follow({
      document: Progress,
      variables: () => ({ importId: id }),
      onEvent: ({ importProgress }) => setState(importProgress.import),
    });
  }, [id, isRunning]);

  async function begin(begun: Begun) {
    const errors = await run(begun);
    if (errors.length === 0) setState((await begun).import ?? undefined);
  }

  const undo = () => begin(ask(UndoImport, { input: { id } }).then(data => data.undoImport));
  const isDone = state?.status === 'COMPLETED' && !state.isDryRun;
  return { state, isRunning, isDone, busy, refusal, begin, undo };
}
