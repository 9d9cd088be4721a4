import '../records/records.css';
import './page.css';

import { useState } from 'react';

import { useQuery } from '../api/query';
import { useSignedIn } from '../api/session';
import { useLocale } from '../i18n/locale';
import { Section } from '../records/section';
import { embedOf } from '../ui/embed';
import { announce } from '../ui/notices';
import { type Form, Forms } from './documents';
import { draftOf, newDraft } from './draft';
import { Editor } from './editor';
import { useTexts } from './texts';

/** The forms of the account, and the one that is being written beside what visitors see of it. */
export default function FormsPage() {
  const texts = useTexts();
  const locale = useLocale();
  const { user } = useSignedIn();
  const { data, error, reload } = useQuery(Forms, {});
  const [editing, setEditing] = useState<string | 'new'>();
  const [saved, setSaved] = useState(0);
  const isAdmin = user.role === 'ADMIN';
  const form = data?.webForms.find(each => each.id === editing);

  function done(id: string) {
    setEditing(id);
    setSaved(saved + 1);
    reload();
  }

  return (
    <div className="page-scroll">
      <div className="page record">
        <header className="record-head">
          <div>
            <h1 className="page-title">{texts.title}</h1>
            <p className="record-soft">{isAdmin ? texts.why : texts.adminsOnly}</p>
          </div>
          {isAdmin && (
            <button type="button" className="button" data-kind="main" onClick={() => setEditing('new')}>
              {texts.newForm}
            </button>
          )}
        </header>
        {error && <p className="refusal">{error.message}</p>}
        {data && editing && (editing === 'new' || form) && (
          <div className="forms-work">
            <Editor
              key={`${editing} ${saved}`}
              form={form}
              begun={form ? draftOf(form) : newDraft(locale === 'pl' ? 'PL' : 'EN', texts.labels)}
              choices={data}
              onSaved={done}
              onClose={() => setEditing(undefined)}
            />
            {form && <Preview key={saved} form={form} />}
          </div>
        )}
        {data?.webForms.length === 0 && !editing && <p className="record-none">{texts.none}</p>}
        <ul className="forms">
          {data?.webForms.map(each => <Row key={each.id} form={each} onEdit={isAdmin ? () => setEditing(each.id) : undefined} />)}
        </ul>
      </div>
    </div>
  );
}

function Row({ form, onEdit }: { form: Form; onEdit: (() => void) | undefined }) {
  const texts = useTexts();
  return (
    <li className="panel form-row">
      <div>
        <h2>
          {form.name} {!form.isActive && <span className="chip">{texts.off}</span>}
        </h2>
        <p className="record-soft">
          {form.target === 'DEAL' ? texts.makesDeals : texts.makesLeads} · {texts.submissions(form.submissions.totalCount)}
        </p>
      </div>
      <a className="button" href={form.path} target="_blank" rel="noreferrer">
        {texts.open}
      </a>
      {onEdit && (
        <button type="button" className="button" aria-label={`${texts.edit}: ${form.name}`} onClick={onEdit}>
          {texts.edit}
        </button>
      )}
    </li>
  );
}

function Preview({ form }: { form: Form }) {
  const texts = useTexts();
  const embed = embedOf(location.origin, 'form', form);
  return (
    <Section title={texts.preview}>
      <p className="record-soft">{texts.previewWhy}</p>
      <iframe className="form-preview" src={form.path} title={texts.preview} />
      <h3>{texts.embed}</h3>
      <code className="form-embed">{embed}</code>
      {navigator.clipboard && (
        <button type="button" className="button" onClick={() => void navigator.clipboard.writeText(embed).then(() => announce(texts.copied))}>
          {texts.copy}
        </button>
      )}
    </Section>
  );
}
