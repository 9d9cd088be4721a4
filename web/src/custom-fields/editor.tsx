import { type FormEvent, useState } from 'react';

import { ask } from '../api/ask';
import { useCommand } from '../records/command';
import { Refusal, Section } from '../records/section';
import { CheckLine } from '../ui/check';
import { Choose, Line } from '../ui/choose';
import { FormButtons } from '../ui/form-buttons';
import { CloseIcon } from '../ui/icons';
import { CreateField, type Field, type FieldType, type Known, UpdateField } from './documents';
import { useTexts } from './texts';

const TYPES = ['TEXT', 'NUMBER', 'MONEY', 'DATE', 'OPTION', 'MULTI_OPTION', 'PERSON', 'ORGANIZATION', 'USER'] as const;

interface Option {
  id?: string;
  name: string;
}

/** Writes a custom field: a new one, or one that is there, whose type stays. */
export function FieldEditor(props: {
  field: Field | 'new';
  pipelines: Known['pipelines'];
  onSaved: (name: string) => void;
  onClose: () => void;
}) {
  const texts = useTexts();
  const command = useCommand();
  const field = props.field === 'new' ? undefined : props.field;
  const [name, setName] = useState(field?.name ?? '');
  const [type, setType] = useState<FieldType>(field?.type ?? 'TEXT');
  const [options, setOptions] = useState<Option[]>(field?.options.filter(each => each.isActive) ?? []);
  const [isRequired, setIsRequired] = useState(field?.isRequired ?? false);
  const [stageIds, setStageIds] = useState(field?.requiredByStages.map(each => each.id) ?? []);
  const isChosen = type === 'OPTION' || type === 'MULTI_OPTION';

  async function submit(event: FormEvent) {
    event.preventDefault();
    const given = options.filter(each => each.name.trim());
    const same = { name, isRequired, requiredByStageIds: isRequired ? [] : stageIds };
    const saving = field
      ? ask(UpdateField, { input: { ...same, id: field.id, options: isChosen ? given.map(({ id, name }) => ({ id, name })) : undefined } }).then(data => data.updateCustomField)
      : ask(CreateField, { input: { ...same, type, options: isChosen ? given.map(each => each.name) : undefined } }).then(data => data.createCustomField);
    if ((await command.run(saving)).length === 0) props.onSaved(name);
  }

  return (
    <Section title={field?.name ?? texts.newField}>
      <form className="form" onSubmit={event => void submit(event)}>
        <Line label={texts.name} value={name} onChange={setName} maxLength={255} required />
        {!field && <Choose label={texts.type} value={type} onChange={value => setType(value as FieldType)} choices={TYPES.map(value => ({ value, name: texts.types[value] }))} />}
        {isChosen && <Options options={options} onChange={setOptions} />}
        <CheckLine label={texts.isRequired} checked={isRequired} onChange={setIsRequired} />
        {!isRequired && (
          <fieldset className="field record-labels">
            <legend className="field-label">{texts.requiredStages}</legend>
            {props.pipelines.flatMap(pipeline =>
              pipeline.stages.map(stage => {
                const label = props.pipelines.length > 1 ? `${pipeline.name}: ${stage.name}` : stage.name;
                return (
                  <CheckLine
                    key={stage.id}
                    label={label}
                    checked={stageIds.includes(stage.id)}
                    onChange={on => setStageIds(known => (on ? [...known, stage.id] : known.filter(each => each !== stage.id)))}
                  />
                );
              }),
            )}
          </fieldset>
        )}
        <Refusal>{command.refusal}</Refusal>
        <FormButtons busy={command.busy} onClose={props.onClose} />
      </form>
    </Section>
  );
}

function Options({ options, onChange }: { options: Option[]; onChange: (options: Option[]) => void }) {
  const texts = useTexts();
  return (
    <fieldset className="settings-group">
      <legend>{texts.options}</legend>
      {options.map((option, at) => (
        <div key={at} className="settings-line">
          <Line
            label={texts.option(at + 1)}
            value={option.name}
            onChange={name => onChange(options.map((each, index) => (index === at ? { ...each, name } : each)))}
            maxLength={255}
          />
          <button
            type="button"
            className="button"
            data-kind="quiet"
            data-shape="icon"
            aria-label={texts.removeOption(option.name || texts.option(at + 1))}
            onClick={() => onChange(options.filter((_, index) => index !== at))}
          >
            <CloseIcon />
          </button>
        </div>
      ))}
      <button type="button" className="button" onClick={() => onChange([...options, { name: '' }])}>
        {texts.addOption}
      </button>
    </fieldset>
  );
}
