import { type FormEvent, useState } from 'react';

import { ask } from '../api/ask';
import { useCommand } from '../records/command';
import { Refusal, Section } from '../records/section';
import { CheckLine } from '../ui/check';
import { Choose, Line, Lines } from '../ui/choose';
import { FormButtons } from '../ui/form-buttons';
import { type Chat, CreateChat, type Known, UpdateChat } from './documents';
import { type Draft, inputOf, withoutStep, withStep } from './draft';
import { StepEditor } from './step';
import { useTexts } from './texts';

/** Writes a chat: a new one, or one that is there. */
export function Editor(props: { chat: Chat | undefined; begun: Draft; users: Known['users']; onSaved: (name: string) => void; onClose: () => void }) {
  const { chat } = props;
  const texts = useTexts();
  const command = useCommand();
  const [draft, setDraft] = useState(props.begun);
  const change = (part: Partial<Draft>) => setDraft(known => ({ ...known, ...part }));

  async function submit(event: FormEvent) {
    event.preventDefault();
    const saving = chat
      ? ask(UpdateChat, { input: { id: chat.id, ...inputOf(draft) } }).then(data => data.updateChat)
      : ask(CreateChat, { input: inputOf(draft) }).then(data => data.createChat);
    if ((await command.run(saving)).length === 0) props.onSaved(draft.name);
  }

  return (
    <Section title={chat?.name ?? texts.newChat}>
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
          <Choose label={texts.owner} value={draft.ownerId} onChange={ownerId => change({ ownerId })} choices={props.users.map(({ id, name }) => ({ value: id, name }))} />
        </div>
        <Lines label={texts.greeting} value={draft.greeting} onChange={greeting => change({ greeting })} rows={2} />
        <fieldset className="settings-group">
          <legend>{texts.bot}</legend>
          <p className="record-soft">{texts.botWhy}</p>
          <ol className="chat-steps">
            {draft.steps.map((step, at) => (
              <StepEditor
                key={step.key}
                step={step}
                number={at + 1}
                steps={draft.steps}
                onChange={changed => change({ steps: draft.steps.map(each => (each.key === step.key ? changed : each)) })}
                onRemove={() => change({ steps: withoutStep(draft.steps, step.key) })}
              />
            ))}
          </ol>
          <button type="button" className="button" onClick={() => change({ steps: withStep(draft.steps) })}>
            {texts.addStep}
          </button>
        </fieldset>
        <CheckLine label={texts.active} checked={draft.isActive} onChange={isActive => change({ isActive })} />
        <Refusal>{command.refusal}</Refusal>
        <FormButtons busy={command.busy} onClose={props.onClose} />
      </form>
    </Section>
  );
}
