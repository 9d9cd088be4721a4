import { type FormEvent, useState } from 'react';

import type { UserError } from '../api/ask';
import { useFormat } from '../i18n/format';
import { Avatar } from '../ui/avatar';
import { Check } from '../ui/check';
import { Choose, Line } from '../ui/choose';
import { FormButtons } from '../ui/form-buttons';
import { LabelMark } from '../ui/mark';
import { Pick, type Pickable } from '../ui/pick';
import { useCommand } from './command';
import { findOrganizations, findPeople } from './contacts';
import { byField, changedInputs, type Entry, entryOf, type ValueInput } from './custom';
import { CustomInput, useShownValue } from './custom-inputs';
import type { Facts, RecordChoices } from './documents';
import { moneyOf } from './money';
import { Refusal, Section } from './section';
import { useTexts } from './texts';

const VISIBILITIES = ['OWNER', 'TEAM', 'EVERYONE'] as const;

/** What of a record is changed: the fields that differ, under the version they were edited at. */
export interface Patch {
  id: string;
  expectedVersion: number;
  title?: string;
  value?: { amount: string; currency: string } | null;
  personId?: string | null;
  organizationId?: string | null;
  ownerId?: string;
  labelIds?: string[];
  expectedCloseDate?: string | null;
  visibility?: (typeof VISIBILITIES)[number];
  customFields?: ValueInput[];
}

/** The fields of a record, to read and to edit. */
export function Details(props: {
  facts: Facts;
  choices: RecordChoices;
  currency: string;
  onSave: (patch: Patch) => Promise<{ errors: UserError[] }>;
}) {
  const texts = useTexts();
  const [editing, setEditing] = useState(false);
  return (
    <Section
      title={texts.details}
      action={
        !editing && (
          <button type="button" className="button" onClick={() => setEditing(true)}>
            {texts.edit}
          </button>
        )
      }
    >
      {editing ? <Edit {...props} onDone={() => setEditing(false)} /> : <Read facts={props.facts} />}
    </Section>
  );
}

function Read({ facts }: { facts: Facts }) {
  const texts = useTexts();
  const format = useFormat();
  const shown = useShownValue();
  const rows: [string, React.ReactNode][] = [
    [texts.value, facts.value ? format.exactMoney(facts.value) : texts.noValue],
    [texts.person, facts.person && <Contact name={facts.person.name} more={[...facts.person.emails, ...facts.person.phones]} />],
    [texts.organization, facts.organization && <Contact name={facts.organization.name} more={[facts.organization.domain, facts.organization.address]} />],
    [texts.owner, <span key="owner" className="record-user"><Avatar name={facts.owner.name} /> {facts.owner.name}</span>],
    [texts.labels, facts.labels.length > 0 && facts.labels.map(label => <LabelMark key={label.id} {...label} />)],
    [texts.expectedClose, facts.expectedCloseDate && format.day(facts.expectedCloseDate)],
    [texts.source, texts.sources[facts.source]],
    [texts.visibility, texts.visibilities[facts.visibility]],
    ...byField(facts.customFields).map(([name, values]): [string, string] => [name, values.map(shown).filter(Boolean).join(', ')]),
    [texts.created, format.day(facts.createdAt)],
  ];
  return (
    <dl className="record-facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value || texts.none}</dd>
        </div>
      ))}
    </dl>
  );
}

function Contact({ name, more }: { name: string; more: (string | null)[] }) {
  return (
    <span className="record-contact">
      <strong>{name}</strong>
      {more.filter(Boolean).map(each => (
        <span key={each}>{each}</span>
      ))}
    </span>
  );
}

/** What somebody is writing; it stays while the record changes around it, and is saved over the version it began with. */
interface Draft {
  title: string;
  amount: string;
  currency: string;
  person: Pickable | null;
  organization: Pickable | null;
  ownerId: string;
  labelIds: string[];
  expectedCloseDate: string;
  visibility: (typeof VISIBILITIES)[number];
  custom: Record<string, Entry>;
}

function draftOf(facts: Facts, fields: RecordChoices['customFields'], currency: string): Draft {
  return {
    title: facts.title,
    amount: facts.value?.amount ?? '',
    currency: facts.value?.currency ?? currency,
    person: facts.person,
    organization: facts.organization,
    ownerId: facts.owner.id,
    labelIds: facts.labels.map(label => label.id),
    expectedCloseDate: facts.expectedCloseDate ?? '',
    visibility: facts.visibility,
    custom: Object.fromEntries(fields.map(field => [field.id, entryOf(field, facts.customFields, currency)])),
  };
}

/** The fields in which a draft differs from what it was begun with. */
export function patchOf(facts: Facts, draft: Draft, fields: RecordChoices['customFields'], currency: string): Patch {
  const begun = draftOf(facts, fields, currency);
  const same = (name: keyof Draft) => JSON.stringify(begun[name]) === JSON.stringify(draft[name]);
  const patch: Patch = { id: facts.id, expectedVersion: facts.version };
  if (!same('title')) patch.title = draft.title;
  if (!same('amount') || (draft.amount && !same('currency'))) patch.value = moneyOf(draft.amount, draft.currency);
  if (begun.person?.id !== draft.person?.id) patch.personId = draft.person?.id ?? null;
  if (begun.organization?.id !== draft.organization?.id) patch.organizationId = draft.organization?.id ?? null;
  if (!same('ownerId')) patch.ownerId = draft.ownerId;
  if (!same('labelIds')) patch.labelIds = draft.labelIds;
  if (!same('expectedCloseDate')) patch.expectedCloseDate = draft.expectedCloseDate || null;
  if (!same('visibility')) patch.visibility = draft.visibility;
  if (!same('custom')) patch.customFields = changedInputs(fields, begun.custom, draft.custom);
  return patch;
}

function Edit(props: {
  facts: Facts;
  choices: RecordChoices;
  currency: string;
  onSave: (patch: Patch) => Promise<{ errors: UserError[] }>;
  onDone: () => void;
}) {
  const texts = useTexts();
  const command = useCommand();
  const [begun, setBegun] = useState(props.facts);
  const fields = props.choices.customFields;
  const [draft, setDraft] = useState(() => draftOf(props.facts, fields, props.currency));
  const change = (part: Partial<Draft>) => setDraft(known => ({ ...known, ...part }));
  const [isConflict, setConflict] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const errors = await command.run(props.onSave(patchOf(begun, draft, fields, props.currency)));
    setConflict(errors.some(error => error.code === 'VERSION_CONFLICT'));
    if (errors.length === 0) props.onDone();
  }

  function takeOver() {
    setBegun(props.facts);
    setDraft(draftOf(props.facts, fields, props.currency));
    setConflict(false);
    command.forget();
  }

  return (
    <form className="form" onSubmit={event => void submit(event)}>
      <Line label={texts.title} value={draft.title} onChange={title => change({ title })} maxLength={255} required />
      <div className="form-pair">
        <Line label={texts.value} value={draft.amount} onChange={amount => change({ amount })} inputMode="decimal" />
        <Line label={texts.currency} value={draft.currency} onChange={currency => change({ currency })} maxLength={3} />
      </div>
      <Pick label={texts.person} value={draft.person} onChange={person => change({ person })} search={findPeople} />
      <Pick label={texts.organization} value={draft.organization} onChange={organization => change({ organization })} search={findOrganizations} />
      <div className="form-pair">
        <Choose
          label={texts.owner}
          value={draft.ownerId}
          onChange={ownerId => change({ ownerId })}
          choices={props.choices.users.map(({ id, name }) => ({ value: id, name }))}
        />
        <Line label={texts.expectedClose} type="date" value={draft.expectedCloseDate} onChange={expectedCloseDate => change({ expectedCloseDate })} />
      </div>
      <fieldset className="field record-labels">
        <legend className="field-label">{texts.labels}</legend>
        {props.choices.labels.map(label => (
          <span key={label.id} className="record-label">
            <Check
              label={label.name}
              checked={draft.labelIds.includes(label.id)}
              onChange={checked =>
                change({ labelIds: checked ? [...draft.labelIds, label.id] : draft.labelIds.filter(id => id !== label.id) })
              }
            />
            <LabelMark {...label} />
          </span>
        ))}
      </fieldset>
      <Choose
        label={texts.visibility}
        value={draft.visibility}
        onChange={visibility => change({ visibility: visibility as Draft['visibility'] })}
        choices={VISIBILITIES.map(value => ({ value, name: texts.visibilities[value] }))}
      />
      {fields.map(field => (
        <CustomInput
          key={field.id}
          field={field}
          entry={draft.custom[field.id]!}
          users={props.choices.users}
          onChange={part => change({ custom: { ...draft.custom, [field.id]: { ...draft.custom[field.id]!, ...part } } })}
        />
      ))}
      <Refusal>{isConflict ? texts.conflict : command.refusal}</Refusal>
      <FormButtons busy={command.busy} onClose={props.onDone}>
        {isConflict && (
          <button type="button" className="button" onClick={takeOver}>
            {texts.takeOver}
          </button>
        )}
      </FormButtons>
    </form>
  );
}
