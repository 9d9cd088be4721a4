import { type FormEvent, useState } from 'react';

import { ask } from '../api/ask';
import { useCommand } from '../records/command';
import { Refusal, Section } from '../records/section';
import { CheckLine } from '../ui/check';
import { Choose, Line } from '../ui/choose';
import { FormButtons } from '../ui/form-buttons';
import { type Choices, CreateForm, type Form, UpdateForm } from './documents';
import { type Draft, inputOf } from './draft';
import { Questions } from './questions';
import { useTexts } from './texts';

/** Writes a form: a new one, or one that is there. */
export function Editor(props: {
  form: Form | undefined;
  begun: Draft;
  choices: Choices;
  onSaved: (id: string) => void;
  onClose: () => void;
}) {
  const { form, choices } = props;
  const texts = useTexts();
  const command = useCommand();
  const [draft, setDraft] = useState(props.begun);
  const change = (part: Partial<Draft>) => setDraft(known => ({ ...known, ...part }));
  const line = (label: string, name: 'intro' | 'button' | 'consentText' | 'thanks' | 'redirectUrl') => (
    <Line label={label} value={draft[name]} onChange={value => change({ [name]: value })} />
  );

  async function submit(event: FormEvent) {
    event.preventDefault();
    const saving = form
      ? ask(UpdateForm, { input: { id: form.id, expectedVersion: form.version, ...inputOf(draft) } }).then(data => data.updateWebForm)
      : ask(CreateForm, { input: inputOf(draft) }).then(data => data.createWebForm);
    const errors = await command.run(saving);
    const id = errors.length === 0 && (await saving).webForm?.id;
    if (id) props.onSaved(id);
  }

  return (
    <Section title={form?.name ?? texts.newForm}>
      <form className="form" onSubmit={event => void submit(event)}>
        <Line label={texts.name} value={draft.name} onChange={name => change({ name })} maxLength={255} required />
        <div className="form-pair">
          <Choose
            label={texts.language}
            value={draft.language}
            onChange={value => change({ language: value as Draft['language'] })}
            choices={[
              { value: 'EN', name: 'English' },
              { value: 'PL', name: 'Polski' },
            ]}
          />
          <Choose
            label={texts.target}
            value={draft.target}
            onChange={value => change({ target: value as Draft['target'] })}
            choices={[
              { value: 'LEAD', name: texts.lead },
              { value: 'DEAL', name: texts.deal },
            ]}
          />
        </div>
        {draft.target === 'DEAL' && (
          <Choose
            label={texts.stage}
            value={draft.stageId}
            onChange={stageId => change({ stageId })}
            choices={[
              { value: '', name: '–' },
              ...choices.pipelines.flatMap(({ name: group, stages }) => stages.map(({ id, name }) => ({ value: id, name, group }))),
            ]}
          />
        )}
        <Questions questions={draft.questions} customFields={choices.customFields} onChange={questions => change({ questions })} />
        <Owners users={choices.users} chosen={draft.ownerIds} onChange={ownerIds => change({ ownerIds })} />
        {line(texts.intro, 'intro')}
        {line(texts.consent, 'consentText')}
        {line(texts.button, 'button')}
        {line(texts.thanks, 'thanks')}
        {line(texts.redirect, 'redirectUrl')}
        <CheckLine label={texts.active} checked={draft.isActive} onChange={isActive => change({ isActive })} />
        <Refusal>{command.refusal}</Refusal>
        <FormButtons busy={command.busy} onClose={props.onClose} />
      </form>
    </Section>
  );
}

function Owners(props: { users: Choices['users']; chosen: string[]; onChange: (ids: string[]) => void }) {
  const texts = useTexts();
  const { chosen } = props;
  return (
    <fieldset className="field record-labels">
      <legend className="field-label">{texts.owners}</legend>
      {props.users.map(({ id, name }) => (
        <CheckLine
          key={id}
          label={name}
          checked={chosen.includes(id)}
          onChange={on => props.onChange(on ? [...chosen, id] : chosen.filter(each => each !== id))}
        />
      ))}
    </fieldset>
  );
}
