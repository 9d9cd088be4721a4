import '../records/records.css';
import './page.css';

import { useEffect, useState } from 'react';

import { ask } from '../api/ask';
import { follow } from '../api/follow';
import { useQuery } from '../api/query';
import { csrfHeader } from '../api/session';
import { send } from '../api/upload';
import { useCommand } from '../records/command';
import { Refusal, Section } from '../records/section';
import { Choose } from '../ui/choose';
import { Drop } from '../ui/drop';
import { ImportRecords, type Kind, Preview, Progress, type State, UndoImport } from './documents';
import { type Chosen, guessed, KINDS, mappingOf } from './mapping';
import { Outcome } from './outcome';
import { Columns } from './columns';
import { useTexts } from './texts';

/** Imports a file: it is uploaded, its columns are mapped, it is tried, and then worked through. */
export default function ImportPage() {
  const texts = useTexts();
  const [uploadId, setUploadId] = useState<string>();

  async function upload(file: File, onProgress: (share: number) => void) {
    const address = `/uploads?fileName=${encodeURIComponent(file.name)}`;
    const answer = await send(file, { method: 'POST', address, headers: csrfHeader() }, onProgress);
    setUploadId((answer as { uploadId: string }).uploadId);
  }

  return (
    <div className="page-scroll">
      <div className="page record">
        <h1 className="page-title">{texts.title}</h1>
        {uploadId ? (
          <Uploaded key={uploadId} id={uploadId} onOther={() => setUploadId(undefined)} />
        ) : (
          <Section title={texts.choose}>
            <p>{texts.why}</p>
            <Drop label={texts.choose} accept=".csv,.tsv,.txt,.xlsx,.jsonl" send={upload} />
          </Section>
        )}
      </div>
    </div>
  );
}

function Uploaded({ id, onOther }: { id: string; onOther: () => void }) {
  const texts = useTexts();
  const [kind, setKind] = useState<Kind>('LEADS');
  const { data, error } = useQuery(Preview, { id, kind });
  const [changed, setChanged] = useState<Chosen>({});
  const [state, setState] = useProgress(id);
  const command = useCommand();
  const columns = data?.importPreview.columns ?? [];
  const chosen = { ...guessed(columns), ...changed };
  const refusal = error?.message ?? data?.importPreview.errors.map(each => each.message).join(' ') ?? '';
  const isRunning = state?.status === 'RUNNING';
  const isDone = state?.status === 'COMPLETED' && !state.isDryRun;

  async function begin(dryRun: boolean) {
    const input = { id, kind, mapping: mappingOf(chosen), dryRun };
    const begun = ask(ImportRecords, { input }).then(data => data.importRecords);
    const errors = await command.run(begun);
    if (errors.length === 0) setState((await begun).import ?? undefined);
  }

  async function undo() {
    const undone = ask(UndoImport, { input: { id } }).then(data => data.undoImport);
    const errors = await command.run(undone);
    if (errors.length === 0) setState((await undone).import ?? undefined);
  }

  return (
    <>
      {!isDone && !refusal && (
        <Section title={texts.columns}>
          <Choose
            label={texts.kind}
            value={kind}
            onChange={value => setKind(value as Kind)}
            choices={KINDS.map(value => ({ value, name: texts.kinds[value] }))}
          />
          <Columns
            columns={columns}
            customFields={data?.customFields ?? []}
            chosen={chosen}
            onChange={part => setChanged(known => ({ ...known, ...part }))}
          />
        </Section>
      )}
      {state && <Outcome state={state} />}
      <Refusal>{refusal || command.refusal}</Refusal>
      <div className="dialog-buttons">
        <button type="button" className="button" disabled={isRunning} onClick={onOther}>
          {texts.other}
        </button>
        {isDone && !state.undoneAt && (
          <button type="button" className="button" disabled={command.busy} onClick={() => void undo()}>
            {texts.undo}
          </button>
        )}
        {!isDone && !refusal && (
          <>
            <button type="button" className="button" disabled={isRunning || command.busy || !data} onClick={() => void begin(true)}>
              {texts.dryRun}
            </button>
            <button type="button" className="button" data-kind="main" disabled={isRunning || command.busy || !data} onClick={() => void begin(false)}>
              {texts.start}
            </button>
          </>
        )}
      </div>
    </>
  );
}

/** How an import gets on, once it was begun; the subscription ends with it, and another run begins another. */
function useProgress(id: string): [State | undefined, (state: State | undefined) => void] {
  const [state, setState] = useState<State>();
  const isRunning = state?.status === 'RUNNING';
  useEffect(() => {
    if (!isRunning) return;
    return follow({
      document: Progress,
      variables: () => ({ importId: id }),
      onEvent: ({ importProgress }) => setState(importProgress.import),
    });
  }, [id, isRunning]);
  return [state, setState];
}
