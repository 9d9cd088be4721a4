import { useFormat } from '../i18n/format';
import { Check } from '../ui/check';
import { Choose, Line } from '../ui/choose';
import { Pick } from '../ui/pick';
import { findOrganizations, findPeople } from './contacts';
import type { Entry, Field, Value } from './custom';

/** The value of a custom field as it is read; null where there is none to show. */
export function useShownValue(): (value: Value) => string | null {
  const format = useFormat();
  return value =>
    value.text ??
    value.number ??
    (value.money && format.exactMoney(value.money)) ??
    (value.date && format.day(value.date)) ??
    value.option?.name ??
    value.person?.name ??
    value.organization?.name ??
    value.user?.name ??
    null;
}

/** What a custom field is edited with, by its type. */
export function CustomInput(props: {
  field: Field;
  entry: Entry;
  users: { id: string; name: string }[];
  onChange: (part: Partial<Entry>) => void;
}) {
  const { field, entry, onChange } = props;
  const writes = { label: field.name, value: entry.text, onChange: (text: string) => onChange({ text }) };
  const chooses = (choices: { id: string; name: string }[]) => (
    <Choose
      label={field.name}
      value={entry.ids[0] ?? ''}
      onChange={id => onChange({ ids: id ? [id] : [] })}
      choices={[{ value: '', name: '–' }, ...choices.map(({ id, name }) => ({ value: id, name }))]}
    />
  );
  // An option that cannot be chosen any more stays where it was chosen.
  const options = field.options.filter(option => option.isActive || entry.ids.includes(option.id));
  switch (field.type) {
    case 'TEXT':
      return <Line {...writes} maxLength={1000} />;
    case 'NUMBER':
      return <Line {...writes} inputMode="decimal" />;
    case 'DATE':
      return <Line {...writes} type="date" />;
    case 'MONEY':
      return (
        <div className="form-pair">
          <Line {...writes} inputMode="decimal" />
          <Line label={`${field.name} (ISO)`} value={entry.currency} onChange={currency => onChange({ currency })} maxLength={3} />
        </div>
      );
    case 'OPTION':
      return chooses(options);
    case 'USER':
      return chooses(props.users);
    case 'PERSON':
      return <Pick label={field.name} value={entry.picked} onChange={picked => onChange({ picked })} search={findPeople} />;
    case 'ORGANIZATION':
      return <Pick label={field.name} value={entry.picked} onChange={picked => onChange({ picked })} search={findOrganizations} />;
    case 'MULTI_OPTION':
      return (
        <fieldset className="field record-labels">
          <legend className="field-label">{field.name}</legend>
          {options.map(option => (
            <label key={option.id} className="record-label">
              <Check
                label={option.name}
                checked={entry.ids.includes(option.id)}
                onChange={checked => onChange({ ids: checked ? [...entry.ids, option.id] : entry.ids.filter(id => id !== option.id) })}
              />
              {option.name}
            </label>
          ))}
        </fieldset>
      );
  }
}
