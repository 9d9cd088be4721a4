import { ask } from '../api/ask';
import { send } from '../api/upload';
import { useFormat } from '../i18n/format';
import { CloseIcon } from '../ui/icons';
import { Drop } from '../ui/drop';
import { notify } from '../ui/notices';
import { useCommand } from './command';
import { AddFile, DeleteFiles, type FileFacts, StartUpload } from './files-documents';
import { Refusal, Section } from './section';
import { useFileTexts } from './files-texts';

/** The files of a deal: added by choosing or dropping, opened by their link, deleted. */
export function Files({ files, count, dealId }: { files: FileFacts[]; count: number; dealId: string }) {
  const texts = useFileTexts();
  const format = useFormat();
  const command = useCommand();

  async function add(file: File, onProgress: (share: number) => void) {
    const started = (await ask(StartUpload, { input: { fileName: file.name, size: file.size } })).startUpload;
    if (!started.url || !started.uploadId) throw new Error(started.errors.map(error => error.message).join(' '));
    await send(file, { method: 'PUT', address: started.url }, onProgress);
    const { errors } = (await ask(AddFile, { input: { file: started.uploadId, dealId } })).addFile;
    if (errors[0]) throw new Error(errors[0].message);
  }

  async function remove(id: string) {
    const errors = await command.run(ask(DeleteFiles, { input: { ids: [id] } }).then(data => data.deleteFiles));
    if (errors.length === 0) notify(texts.deleted);
  }

  return (
    <Section title={texts.title} count={count}>
      <Drop label={texts.choose} multiple send={add} />
      <ul className="files">
        {files.map(file => (
          <li key={file.id}>
            <a href={file.url} target="_blank" rel="noreferrer">
              {file.name}
            </a>
            <span className="record-soft">
              {format.bytes(file.size)} · {format.day(file.createdAt)} {file.uploader && `· ${file.uploader.name}`}
            </span>
            <button
              type="button"
              className="button"
              data-kind="quiet"
              data-shape="icon"
              aria-label={texts.remove(file.name)}
              onClick={() => void remove(file.id)}
            >
              <CloseIcon />
            </button>
          </li>
        ))}
      </ul>
      <Refusal>{command.refusal}</Refusal>
    </Section>
  );
}
