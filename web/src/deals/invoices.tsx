import { useFormat } from '../i18n/format';
import { Section } from '../records/section';
import type { Deal } from './documents';
import { useTexts } from './texts';

/** The invoices of a deal. */
export function Invoices({ deal }: { deal: Deal }) {
  const texts = useTexts();
  const format = useFormat();
  return (
    <Section title={texts.invoices} count={deal.invoices.length}>
      {deal.invoices.length === 0 && <p className="record-none">{texts.noInvoices}</p>}
      <ul className="invoices">
        {deal.invoices.map(invoice => (
          <li key={invoice.id} data-void={invoice.status === 'VOID' ? '' : undefined}>
            <strong>{invoice.number ?? texts.invoiceDraft}</strong> {format.exactMoney(invoice.amount)}{' '}
            <span className="record-soft">{format.day(invoice.issuedAt ?? invoice.createdAt)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
