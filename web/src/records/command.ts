import { useState } from 'react';

import type { UserError } from '../api/ask';

/** A write that a form makes: whether it is under way, and why the last one was refused. */
export interface Command {
  busy: boolean;
  refusal: string;
  /** Ends with the errors that a person can mend; none where it is done. */
  run: (write: Promise<{ errors: UserError[] }>) => Promise<UserError[]>;
  forget: () => void;
}

/** Runs the writes of one form, one at a time. */
export function useCommand(): Command {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');

  async function run(write: Promise<{ errors: UserError[] }>): Promise<UserError[]> {
    setBusy(true);
    setRefusal('');
    try {
      const { errors } = await write;
      setRefusal(errors.map(error => error.message).join(' '));
      return errors;
    } catch (error) {
      setRefusal((error as Error).message);
      return [{ code: 'UNREACHED', message: (error as Error).message, path: [] }];
    } finally {
      setBusy(false);
    }
  }

  return { busy, refusal, run, forget: () => setRefusal('') };
}
