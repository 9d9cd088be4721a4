import { ask } from '../api/ask';
import { useQuery } from '../api/query';
import { useFormat } from '../i18n/format';
import { useCommand } from '../records/command';
import { Refusal, Section } from '../records/section';
import { Menu, MenuItem } from '../ui/menu';
import { CreateDocument, type SalesOf, Templates } from './sales-documents';
import { useSalesTexts } from './sales-texts';

/** The documents of a deal, made from templates. */
export function Documents({ deal }: { deal: SalesOf }) {
  const texts = useSalesTexts();
  const command = useCommand();
  const { data } = useQuery(Templates, {});
  const templates = data?.documentTemplates.filter(template => template.isActive) ?? [];
  const make = (templateId: string) =>
    command.run(ask(CreateDocument, { input: { dealId: deal.id, templateId } }).then(data => data.createDocument));
  return (
    <Section
      title={texts.documents}
      count={deal.documents.length}
      action={
        templates.length > 0 && (
          <Menu
            trigger={
              <button type="button" className="button" disabled={command.busy}>
                {texts.fromTemplate}
              </button>
            }
          >
            {templates.map(({ id, name }) => (
              <MenuItem key={id} onSelect={() => void make(id)}>
                {name}
              </MenuItem>
            ))}
          </Menu>
        )
      }
    >
      {deal.documents.length === 0 && <p className="record-none">{data && templates.length === 0 ? texts.noTemplates : texts.noDocuments}</p>}
      <ul className="files">
        {deal.documents.map(({ id, name, version, file }) => (
          <li key={id}>
            {file ? (
              <a href={file.url} target="_blank" rel="noreferrer">
                {name}
              </a>
            ) : (
              name
            )}
            <span className="record-soft">{texts.version(version)}</span>
          </li>
        ))}
      </ul>
      <Refusal>{command.refusal}</Refusal>
    </Section>
  );
}

/** What formula fields come to; nothing where the account has none. */
export function Formulas({ deal }: { deal: SalesOf }) {
  const texts = useSalesTexts();
  const format = useFormat();
  if (deal.formulaFields.length === 0) return null;
  return (
    <Section title={texts.formulas}>
      <dl className="record-facts">
        {deal.formulaFields.map(({ field, number, money, reason }) => (
          <div key={field.id}>
            <dt>{field.name}</dt>
            <dd>{money ? format.exactMoney(money) : (number ?? (reason ? texts.gaps[reason] : texts.uncalculated))}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
