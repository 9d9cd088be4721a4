import '../records/records.css';
import './page.css';

import { useState } from 'react';

import { ask } from '../api/ask';
import { useQuery } from '../api/query';
import { Refusal, Section } from '../records/section';
import { Choose } from '../ui/choose';
import { Drop } from '../ui/drop';
import { RunButtons } from './buttons';
import { Columns } from './columns';
import { ImportRecords, type Kind, Preview } from './documents';
import { type Chosen, guessed, KINDS, mappingOf } from './mapping';
import { Outcome } from './outcome';
import { TABLES, upload, useRun } from './run';
import { useTexts } from './texts';

/** Imports a file: it is uploaded, its columns are mapped, it is tried, and then worked through. */
export default function ImportPage() {
  const texts = useTexts();
  const [uploadId, setUploadId] = useState<string>();
  return (
    <div className="page-scroll">
      <div className="page record">
        <h1 className="page-title">{texts.title}</h1>
        {uploadId ? (
          <Uploaded key={uploadId} id={uploadId} onOther={() => setUploadId(undefined)} />
        ) : (
          <Section title={texts.choose}>
            <p>{texts.why}</p>
            <Drop label={texts.choose} accept={TABLES} send={(file, onProgress) => upload(file, onProgress).then(setUploadId)} />
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
  const run = useRun(id);
  const columns = data?.importPreview.columns ?? [];
  const chosen = { ...guessed(columns), ...changed };
  const refusal = error?.message ?? data?.importPreview.errors.map(each => each.message).join(' ') ?? '';

  function begin(dryRun: boolean) {
    const input = { id, kind, mapping: mappingOf(chosen), dryRun };
    void run.begin(ask(ImportRecords, { input }).then(data => data.importRecords));
  }

  return (
    <>
      {!run.isDone && !refusal && (
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
      {run.state && <Outcome state={run.state} />}
      <Refusal>{refusal || run.refusal}</Refusal>
      <RunButtons
        run={run}
        names={{ dryRun: texts.dryRun, start: texts.start }}
        onBegin={refusal ? undefined : begin}
        isReady={data !== undefined}
        onOther={onOther}
      />
    </>
  );
}
