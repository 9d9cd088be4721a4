import type { Run } from './run';
import { useTexts } from './texts';

/** What can be done with an upload: try it or begin, where it can be (`onBegin`); undo what it made; take another file. */
export function RunButtons(props: {
  run: Run;
  names: { dryRun: string; start: string };
  onBegin?: ((dryRun: boolean) => void) | undefined;
  /** Not while what is needed to begin is still being read. */
  isReady?: boolean;
  onOther: () => void;
}) {
  const { run, names, onBegin, isReady = true } = props;
  const texts = useTexts();
  const isBusy = run.isRunning || run.busy || !isReady;
  return (
    <div className="dialog-buttons">
      <button type="button" className="button" disabled={run.isRunning} onClick={props.onOther}>
        {texts.other}
      </button>
      {run.isDone && !run.state?.undoneAt && (
        <button type="button" className="button" disabled={run.busy} onClick={() => void run.undo()}>
          {texts.undo}
        </button>
      )}
      {!run.isDone && onBegin && (
        <>
          <button type="button" className="button" disabled={isBusy} onClick={() => onBegin(true)}>
            {names.dryRun}
          </button>
          <button type="button" className="button" data-kind="main" disabled={isBusy} onClick={() => onBegin(false)}>
            {names.start}
          </button>
        </>
      )}
    </div>
  );
}
