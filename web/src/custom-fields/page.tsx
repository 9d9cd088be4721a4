import { useState } from 'react';

import { ask } from '../api/ask';
import { useQuery } from '../api/query';
import { useCommand } from '../records/command';
import { Refusal } from '../records/section';
import { EditButton, Kept, NewButton, Settings, useEditing, useIsAdmin } from '../settings/frame';
import { Confirm } from '../ui/confirm';
import { moved } from '../ui/order';
import { DeleteField, DeleteFormula, type Field, Fields, type Formula, type Known, OrderFields, RestoreField } from './documents';
import { FieldEditor } from './editor';
import { readable } from './expression';
import { FormulaEditor } from './formula';
import { useTexts } from './texts';

type Editing = { field: Field | 'new' } | { formula: Formula | 'new' };

/** The custom fields and formulas of the account. */
export default function CustomFieldsPage() {
  const texts = useTexts();
  const isAdmin = useIsAdmin();
  const { data, error, reload } = useQuery(Fields, {});
  const editing = useEditing<Editing>(reload);
  const { what } = editing;

  return (
    <Settings
      part="fields"
      error={error}
      action={
        <>
          <NewButton name={texts.newField} onClick={() => editing.begin({ field: 'new' })} />
          <NewButton name={texts.newFormula} onClick={() => editing.begin({ formula: 'new' })} />
        </>
      }
      adminsOnly={texts.adminsOnly}
    >
      {data && what && 'field' in what && (
        <FieldEditor key={idOf(what.field)} field={what.field} pipelines={data.pipelines} onSaved={editing.done} onClose={editing.close} />
      )}
      {data && what && 'formula' in what && (
        <FormulaEditor key={idOf(what.formula)} formula={what.formula} known={data} onSaved={editing.done} onClose={editing.close} />
      )}
      {data && <List known={data} onEdit={isAdmin ? editing.begin : undefined} onChange={reload} />}
    </Settings>
  );
}

function idOf(edited: { id: string } | 'new'): string {
  return edited === 'new' ? edited : edited.id;
}

function List(props: { known: Known; onEdit: ((what: Editing) => void) | undefined; onChange: () => void }) {
  const { formulaFields } = props.known;
  const texts = useTexts();
  const command = useCommand();
  const [leaving, setLeaving] = useState<{ field: Field } | { formula: Formula }>();
  const [deleted, setDeleted] = useState<Field[]>([]);
  const customFields = props.known.customFields.filter(field => !deleted.some(each => each.id === field.id));
  const run = (write: Parameters<typeof command.run>[0]) =>
    command.run(write).then(errors => {
      props.onChange();
      return errors.length === 0;
    });

  const order = (at: number, by: -1 | 1) =>
    void run(ask(OrderFields, { input: { ids: moved(customFields, at, by).map(each => each.id) } }).then(data => data.orderCustomFields));

  async function remove() {
    if (!leaving) return;
    setLeaving(undefined);
    if ('formula' in leaving) {
      await run(ask(DeleteFormula, { input: { id: leaving.formula.id } }).then(data => data.deleteFormulaField));
    } else if (await run(ask(DeleteField, { input: { id: leaving.field.id } }).then(data => data.deleteCustomField))) {
      setDeleted(known => [...known, leaving.field]);
    }
  }

  async function restore(field: Field) {
    const isBack = await run(ask(RestoreField, { input: { id: field.id } }).then(data => data.restoreCustomField));
    if (isBack) setDeleted(known => known.filter(each => each.id !== field.id));
  }

  return (
    <>
      <Refusal>{command.refusal}</Refusal>
      {customFields.length + formulaFields.length === 0 && <p className="record-none">{texts.none}</p>}
      <ul className="settings-list">
        {customFields.map((field, at) => (
          <Kept key={field.id} name={field.name} about={aboutOf(field, texts)}>
            {props.onEdit && (
              <>
                <Small label={texts.up(field.name)} disabled={at === 0 || command.busy} onClick={() => order(at, -1)}>
                  ↑
                </Small>
                <Small label={texts.down(field.name)} disabled={at === customFields.length - 1 || command.busy} onClick={() => order(at, 1)}>
                  ↓
                </Small>
                <Buttons name={field.name} onEdit={() => props.onEdit!({ field })} onDelete={() => setLeaving({ field })} />
              </>
            )}
          </Kept>
        ))}
        {deleted.map(field => (
          <Kept key={field.id} name={<s>{field.name}</s>} about={texts.deleted}>
            <button type="button" className="button" aria-label={`${texts.restore}: ${field.name}`} onClick={() => void restore(field)}>
              {texts.restore}
            </button>
          </Kept>
        ))}
        {formulaFields.map(formula => (
          <Kept
            key={formula.id}
            name={formula.name}
            about={
              <>
                {texts.formulaTypes[formula.type]} · <code>{readable(formula.expression, [...customFields, ...formulaFields])}</code>
              </>
            }
          >
            {props.onEdit && <Buttons name={formula.name} onEdit={() => props.onEdit!({ formula })} onDelete={() => setLeaving({ formula })} />}
          </Kept>
        ))}
      </ul>
      {leaving && (
        <Confirm
          title={texts.deleteTitle('field' in leaving ? leaving.field.name : leaving.formula.name)}
          why={'field' in leaving ? texts.deleteWhy : undefined}
          does={texts.remove}
          onClose={() => setLeaving(undefined)}
          onConfirm={() => void remove()}
        />
      )}
    </>
  );
}

function aboutOf(field: Field, texts: ReturnType<typeof useTexts>): string {
  const options = field.options.filter(each => each.isActive).map(each => each.name);
  const stages = field.requiredByStages.map(each => each.name);
  return [
    texts.types[field.type],
    options.join(', '),
    field.isRequired ? texts.required : stages.length > 0 && texts.requiredBy(stages.join(', ')),
  ]
    .filter(Boolean)
    .join(' · ');
}

function Buttons(props: { name: string; onEdit: () => void; onDelete: () => void }) {
  const texts = useTexts();
  return (
    <>
      <EditButton name={props.name} onClick={props.onEdit} />
      <button type="button" className="button" data-kind="quiet" aria-label={`${texts.remove}: ${props.name}`} onClick={props.onDelete}>
        {texts.remove}
      </button>
    </>
  );
}

function Small(props: { label: string; disabled: boolean; onClick: () => void; children: string }) {
  return (
    <button type="button" className="button" data-kind="quiet" data-shape="icon" aria-label={props.label} disabled={props.disabled} onClick={props.onClick}>
      {props.children}
    </button>
  );
}
