import type { Column, CustomField } from './documents';
import { type Chosen, FIELDS } from './mapping';
import { useTexts } from './texts';

interface Props {
  columns: Column[];
  customFields: CustomField[];
  chosen: Chosen;
  onChange: (part: Chosen) => void;
}

/** The columns of a file with their first cells, and what each is read as. */
export function Columns(props: Props) {
  const texts = useTexts();
  return (
    <div className="import-columns" tabIndex={0} role="region" aria-label={texts.columns}>
      <table>
        <thead>
          <tr>
            <th scope="col">{texts.column}</th>
            <th scope="col">{texts.samples}</th>
            <th scope="col">{texts.readAs}</th>
          </tr>
        </thead>
        <tbody>
          {props.columns.map(column => (
            <tr key={column.name}>
              <th scope="row">{column.name}</th>
              <td className="record-soft">{column.samples.filter(Boolean).slice(0, 3).join(', ')}</td>
              <td>
                <select
                  className="input"
                  aria-label={`${texts.readAs}: ${column.name}`}
                  value={props.chosen[column.name] ?? ''}
                  onChange={event => props.onChange({ [column.name]: event.target.value || null })}
                >
                  <option value="">{texts.leftOut}</option>
                  {FIELDS.map(field => (
                    <option key={field} value={field}>
                      {texts.fields[field]}
                    </option>
                  ))}
                  {props.customFields.map(field => (
                    <option key={field.id} value={field.id}>
                      {field.name}
                    </option>
                  ))}
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
