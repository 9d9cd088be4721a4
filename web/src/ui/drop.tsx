import { useId, useState } from 'react';

import { useFormat } from '../i18n/format';
import { makeTexts } from '../i18n/texts';

const useTexts = makeTexts({
  en: { drop: 'or drop it here', sending: (name: string, percent: string) => `${name}: ${percent}` },
  pl: { drop: 'lub upuść tutaj', sending: (name, percent) => `${name}: ${percent}` },
});

/** Takes files by choosing or dropping them, and sends one after the other. */
export function Drop(props: {
  label: string;
  accept?: string;
  multiple?: boolean;
  send: (file: File, onProgress: (share: number) => void) => Promise<void>;
}) {
  const texts = useTexts();
  const format = useFormat();
  const id = useId();
  const [sending, setSending] = useState<{ name: string; share: number }>();
  const [isOver, setOver] = useState(false);
  const [refusal, setRefusal] = useState('');

  async function take(list: FileList | null) {
    setOver(false);
    setRefusal('');
    const files = [...(list ?? [])].slice(0, props.multiple ? undefined : 1);
    try {
      for (const file of files) {
        setSending({ name: file.name, share: 0 });
        await props.send(file, share => setSending({ name: file.name, share }));
      }
    } catch (error) {
      setRefusal((error as Error).message);
    }
    setSending(undefined);
  }

  return (
    <div
      className="drop"
      data-over={isOver ? '' : undefined}
      onDragOver={event => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault();
        void take(event.dataTransfer.files);
      }}
    >
      <label htmlFor={id}>
        <strong>{props.label}</strong> <span>{texts.drop}</span>
      </label>
      <input
        id={id}
        type="file"
        accept={props.accept}
        multiple={props.multiple}
        disabled={sending !== undefined}
        onChange={event => void take(event.target.files).finally(() => (event.target.value = ''))}
      />
      {sending && (
        <p role="status">
          {texts.sending(sending.name, format.percent(Math.round(sending.share * 100)))} <progress value={sending.share} aria-hidden="true" />
        </p>
      )}
      <div role="alert">{refusal && <p className="refusal">{refusal}</p>}</div>
    </div>
  );
}
