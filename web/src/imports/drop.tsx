import { useId, useState } from 'react';

import { upload } from '../api/upload';
import { useFormat } from '../i18n/format';
import { Refusal } from '../records/section';
import { useTexts } from './texts';

/** Takes a file by choosing or dropping it, and uploads it. */
export function Drop({ onUploaded }: { onUploaded: (id: string) => void }) {
  const texts = useTexts();
  const format = useFormat();
  const id = useId();
  const [share, setShare] = useState<number>();
  const [isOver, setOver] = useState(false);
  const [refusal, setRefusal] = useState('');

  async function take(file: File | undefined) {
    setOver(false);
    if (!file) return;
    setRefusal('');
    setShare(0);
    try {
      const { uploadId } = await upload<{ uploadId: string }>(`/uploads?fileName=${encodeURIComponent(file.name)}`, file, setShare);
      onUploaded(uploadId);
    } catch (error) {
      setRefusal((error as Error).message);
      setShare(undefined);
    }
  }

  return (
    <>
      <div
        className="import-drop"
        data-over={isOver ? '' : undefined}
        onDragOver={event => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={event => {
          event.preventDefault();
          void take(event.dataTransfer.files[0]);
        }}
      >
        <label htmlFor={id} className="import-choose">
          {texts.choose} <span className="record-soft">{texts.drop}</span>
        </label>
        <input id={id} type="file" accept=".csv,.tsv,.txt,.xlsx" disabled={share !== undefined} onChange={event => void take(event.target.files?.[0])} />
        {share !== undefined && (
          <p role="status">
            {texts.uploading(format.percent(Math.round(share * 100)))} <progress value={share} aria-hidden="true" />
          </p>
        )}
      </div>
      <Refusal>{refusal}</Refusal>
    </>
  );
}
