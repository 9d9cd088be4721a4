import { useId } from 'react';

/** A labelled choice of one of a few, as the system shows it. */
export function Choose(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  choices: readonly { value: string; name: string; group?: string }[];
}) {
  const id = useId();
  const groups = [...new Set(props.choices.map(each => each.group))];
  const options = (group: string | undefined) =>
    props.choices
      .filter(each => each.group === group)
      .map(({ value, name }) => (
        <option key={value} value={value}>
          {name}
        </option>
      ));
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <select id={id} className="input" value={props.value} onChange={event => props.onChange(event.target.value)}>
        {groups.map(group =>
          group === undefined ? (
            options(group)
          ) : (
            <optgroup key={group} label={group}>
              {options(group)}
            </optgroup>
          ),
        )}
      </select>
    </div>
  );
}

/** A labelled line to write into. */
export function Line(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'date' | 'number' | 'datetime-local';
  inputMode?: 'decimal';
  maxLength?: number;
  required?: boolean;
}) {
  const id = useId();
  const { label, onChange, type = 'text', ...given } = props;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} className="input" type={type} {...given} onChange={event => onChange(event.target.value)} />
    </div>
  );
}

/** A labelled text of several lines. */
export function Lines(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  rows?: number;
  /** What is written for a machine: no word of it is to be mended. */
  isCode?: boolean;
  required?: boolean;
}) {
  const id = useId();
  const { label, onChange, isCode, ...given } = props;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea id={id} className="input" data-code={isCode ? '' : undefined} spellCheck={!isCode} {...given} onChange={event => onChange(event.target.value)} />
    </div>
  );
}
