import './page.css';

import { Link } from 'wouter';

import { Section } from '../records/section';
import type { State } from './documents';
import { useTexts } from './texts';

/** How far an import has come, and what became of its rows. */
export function Outcome({ state }: { state: State }) {
  const texts = useTexts();
  const isRunning = state.status === 'RUNNING';
  const head = isRunning
    ? state.isDryRun ? texts.trying : texts.running
    : state.status === 'FAILED' ? texts.failed : state.isDryRun ? texts.tried : texts.done;
  return (
    <Section title={head}>
      {isRunning && <progress aria-label={head} />}
      <div role="status">
        <ul className="import-counts">
          <li>{texts.read(state.rowsRead)}</li>
          <li>{texts.created(state.rowsCreated)}</li>
          {state.rowsUpdated > 0 && <li>{texts.updated(state.rowsUpdated)}</li>}
          <li>{texts.unchanged(state.rowsUnchanged)}</li>
          <li data-tone={state.rowsSkipped ? 'warn' : undefined}>{texts.skipped(state.rowsSkipped)}</li>
        </ul>
      </div>
      {state.failure && <p className="refusal">{state.failure}</p>}
      {state.undoneAt && <p>{texts.undone}</p>}
      {state.rowsSkipped > 0 && !isRunning && (
        <a href={`/imports/${state.id}/skipped.csv`} download>
          {texts.skipFile}
        </a>
      )}
      {state.status === 'COMPLETED' && !state.isDryRun && state.kind === 'LEADS' && <Link href="/leads">{texts.toInbox}</Link>}
    </Section>
  );
}
