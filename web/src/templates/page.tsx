import { type FormEvent, useState } from 'react';

import { ask } from '../api/ask';
import { useQuery } from '../api/query';
import { useFormat } from '../i18n/format';
import { useLocale } from '../i18n/locale';
import { useCommand } from '../records/command';
import { Refusal, Section } from '../records/section';
import { EditButton, Kept, NewButton, Settings, useEditing, useIsAdmin } from '../settings/frame';
import { CheckLine } from '../ui/check';
import { Choose, Line, Lines } from '../ui/choose';
import { FormButtons } from '../ui/form-buttons';
import { CreateTemplate, type Template, Templates, UpdateTemplate } from './documents';
import { useTexts } from './texts';

/** The templates that documents of deals are made of. */
export default function TemplatesPage() {
  const texts = useTexts();
  const format = useFormat();
  const isAdmin = useIsAdmin();
  const { data, error, reload } = useQuery(Templates, {});
  const editing = useEditing<Template>(reload);
  const template = editing.what;

  return (
    <Settings
      part="templates"
      error={error}
      action={<NewButton name={texts.newTemplate} onClick={() => editing.begin('new')} />}
      adminsOnly={texts.adminsOnly}
    >
      {editing.isOpen && <Editor key={template?.id ?? 'new'} template={template} onSaved={editing.done} onClose={editing.close} />}
      {data?.documentTemplates.length === 0 && !editing.isOpen && <p className="record-none">{texts.none}</p>}
      <ul className="settings-list">
        {data?.documentTemplates.map(each => (
          <Kept
            key={each.id}
            name={
              <>
                {each.name} {!each.isActive && <span className="chip">{texts.off}</span>}
              </>
            }
            about={`${texts.languages[each.language]} · ${texts.changed(format.day(each.updatedAt))}`}
          >
            {isAdmin && <EditButton name={each.name} onClick={() => editing.begin(each)} />}
          </Kept>
        ))}
      </ul>
    </Settings>
  );
}

/** Writes a template; it is tried with sample data before it is kept, and what is wrong with it is said here. */
function Editor({ template, onSaved, onClose }: { template: Template | undefined; onSaved: (name: string) => void; onClose: () => void }) {
  const texts = useTexts();
  const locale = useLocale();
  const command = useCommand();
  const [name, setName] = useState(template?.name ?? '');
  const [body, setBody] = useState(template?.body ?? texts.example);
  const [language, setLanguage] = useState<Template['language']>(template?.language ?? (locale === 'pl' ? 'PL' : 'EN'));
  const [isActive, setIsActive] = useState(template?.isActive ?? true);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const input = { name, body, language, isActive };
    const saving = template
      ? ask(UpdateTemplate, { input: { id: template.id, expectedVersion: template.version, ...input } }).then(data => data.updateDocumentTemplate)
      : ask(CreateTemplate, { input }).then(data => data.createDocumentTemplate);
    if ((await command.run(saving)).length === 0) onSaved(name);
  }

  return (
    <Section title={template?.name ?? texts.newTemplate}>
      <form className="form" onSubmit={event => void submit(event)}>
        <Line label={texts.name} value={name} onChange={setName} maxLength={255} required />
        <Choose
          label={texts.language}
          value={language}
          onChange={value => setLanguage(value as typeof language)}
          choices={(['EN', 'PL'] as const).map(value => ({ value, name: texts.languages[value] }))}
        />
        <Lines label={texts.body} value={body} onChange={setBody} rows={14} isCode required />
        <p className="record-soft">{texts.bodyWhy}</p>
        <CheckLine label={texts.active} checked={isActive} onChange={setIsActive} />
        <Refusal>{command.refusal}</Refusal>
        <FormButtons busy={command.busy} onClose={onClose} />
      </form>
    </Section>
  );
}
