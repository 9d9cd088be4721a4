import { type FormEvent, useState } from 'react';

import { ask } from '../api/ask';
import { useCommand } from '../records/command';
import { Refusal, Section } from '../records/section';
import { Line, Lines } from '../ui/choose';
import { FormButtons } from '../ui/form-buttons';
import { CreateFormula, type Formula, type Known, UpdateFormula } from './documents';
import { readable } from './expression';
import { useTexts } from './texts';

/** Writes a formula; what is wrong with it is what the server's check says. */
export function FormulaEditor(props: { formula: Formula | 'new'; known: Known; onSaved: (name: string) => void; onClose: () => void }) {
  const texts = useTexts();
  const command = useCommand();
  const formula = props.formula === 'new' ? undefined : props.formula;
  const { customFields, formulaFields } = props.known;
  const [name, setName] = useState(formula?.name ?? '');
  const [expression, setExpression] = useState(formula ? readable(formula.expression, [...customFields, ...formulaFields]) : '');
  const usable = [
    ...customFields.filter(each => each.type === 'NUMBER' || each.type === 'MONEY'),
    ...formulaFields.filter(each => each.id !== formula?.id),
  ];

  async function submit(event: FormEvent) {
    event.preventDefault();
    const saving = formula
      ? ask(UpdateFormula, { input: { id: formula.id, name, expression } }).then(data => data.updateFormulaField)
      : ask(CreateFormula, { input: { name, expression } }).then(data => data.createFormulaField);
    if ((await command.run(saving)).length === 0) props.onSaved(name);
  }

  return (
    <Section title={formula?.name ?? texts.newFormula}>
      <form className="form" onSubmit={event => void submit(event)}>
        <Line label={texts.name} value={name} onChange={setName} maxLength={255} required />
        <Lines label={texts.expression} value={expression} onChange={setExpression} rows={2} isCode required />
        <p className="record-soft">
          {texts.mayUse} <code>+ - * / ( ) %</code>, <code>value</code>, <code>probability</code>, <code>activities</code>,{' '}
          <code>activitiesDone</code>, <code>activitiesToDo</code>
          {usable.map(each => (
            <span key={each.id}>
              , <code>{`[${each.name}]`}</code>
            </span>
          ))}
        </p>
        <Refusal>{command.refusal}</Refusal>
        <FormButtons busy={command.busy} onClose={props.onClose} />
      </form>
    </Section>
  );
}
