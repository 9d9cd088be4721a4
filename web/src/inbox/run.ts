import { ask } from '../api/ask';
import { follow } from '../api/follow';
import { Progress, type Result, type Run, RunResults } from './conversion';

/** Follows a conversion in the background to its end; answers what became of each lead. Throws why it failed. */
export async function runToItsEnd(begun: Run, onProgress: (run: Run) => void): Promise<Result[]> {
  const ended = await new Promise<Run>(resolve => {
    onProgress(begun);
    if (begun.status !== 'RUNNING') return resolve(begun);
    const stop = follow({
      document: Progress,
      variables: () => ({ runId: begun.id }),
      onEvent: ({ conversionProgress: { run } }) => {
        onProgress(run);
        if (run.status === 'RUNNING') return;
        stop();
        resolve(run);
      },
    });
  });
  if (ended.status === 'FAILED' && ended.failure) throw new Error(ended.failure);
  const results: Result[] = [];
  for (;;) {
    const page = (await ask(RunResults, { id: ended.id, after: results.length })).conversionResults;
    if (page.length === 0) return results;
    results.push(...page);
  }
}
