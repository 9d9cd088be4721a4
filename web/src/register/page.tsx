import './page.css';

import { useState } from 'react';

import { ask } from '../api/ask';
import { RunButtons } from '../imports/buttons';
import { Outcome } from '../imports/outcome';
import { TABLES, upload, useRun } from '../imports/run';
import { Refusal, Section } from '../records/section';
import { Settings } from '../settings/frame';
import { Line } from '../ui/choose';
import { Drop } from '../ui/drop';
import { Prospect } from './documents';
import { useTexts } from './texts';
import { ANY, inputOf, type Wanted } from './wanted';

/** Makes leads of a register's companies: its file is uploaded, those that are wanted are counted, and become leads. */
export default function RegisterPage() {
  const texts = useTexts();
  const [uploadId, setUploadId] = useState<string>();
  return (
    <Settings part="register">
      {uploadId ? (
        <Uploaded key={uploadId} id={uploadId} onOther={() => setUploadId(undefined)} />
      ) : (
        <Section title={texts.file}>
          <p>{texts.why}</p>
          <Drop label={texts.choose} accept={TABLES} send={(file, onProgress) => upload(file, onProgress).then(setUploadId)} />
        </Section>
      )}
    </Settings>
  );
}

function Uploaded({ id, onOther }: { id: string; onOther: () => void }) {
  const texts = useTexts();
  const [wanted, setWanted] = useState(ANY);
  const run = useRun(id);

  function begin(dryRun: boolean) {
    const input = { id, ...inputOf(wanted), dryRun };
    void run.begin(ask(Prospect, { input }).then(data => data.prospectCompanies));
  }

  return (
    <>
      {!run.isDone && <Choice wanted={wanted} onChange={part => setWanted(known => ({ ...known, ...part }))} />}
      {run.state && <Outcome state={run.state} />}
      <Refusal>{run.refusal}</Refusal>
      <RunButtons run={run} names={{ dryRun: texts.dryRun, start: texts.start }} onBegin={begin} onOther={onOther} />
    </>
  );
}

function Choice({ wanted, onChange }: { wanted: Wanted; onChange: (part: Partial<Wanted>) => void }) {
  const texts = useTexts();
  return (
    <Section title={texts.wanted}>
      <p className="record-soft">{texts.wantedWhy}</p>
      <div className="register-wanted">
        <Line label={texts.industries} value={wanted.industries} onChange={industries => onChange({ industries })} />
        <Line label={texts.places} value={wanted.places} onChange={places => onChange({ places })} />
        <Line label={texts.sizeFrom} type="number" value={wanted.sizeFrom} onChange={sizeFrom => onChange({ sizeFrom })} />
        <Line label={texts.sizeTo} type="number" value={wanted.sizeTo} onChange={sizeTo => onChange({ sizeTo })} />
        <Line label={texts.most} type="number" value={wanted.most} onChange={most => onChange({ most })} />
      </div>
    </Section>
  );
}
