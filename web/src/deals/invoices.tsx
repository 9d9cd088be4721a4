import { ask } from '../api/ask';
import { useFormat } from '../i18n/format';
import { useLocale } from '../i18n/locale';
import { useCommand } from '../records/command';
import { Refusal, Section } from '../records/section';
import { MoreIcon } from '../ui/icons';
import { Menu, MenuItem } from '../ui/menu';
import { CreateInvoice, type Invoice, PayInvoice, RenderInvoice, type SalesOf, SendInvoice, VoidInvoice } from './sales-documents';
import { useSalesTexts } from './sales-texts';

const TONES = { DRAFT: undefined, SENT: 'warn', PAID: 'live', VOID: undefined } as const;

/** The invoices of a deal, made from its products: drafted, sent, paid, voided, and as a PDF. */
export function Invoices({ deal }: { deal: SalesOf }) {
  const texts = useSalesTexts();
  const command = useCommand();
  return (
    <Section
      title={texts.invoices}
      count={deal.invoices.length}
      action={
        deal.products.length > 0 && (
          <button
            type="button"
            className="button"
            disabled={command.busy}
            onClick={() => void command.run(ask(CreateInvoice, { input: { dealId: deal.id } }).then(data => data.createInvoice))}
          >
            {texts.draftInvoice}
          </button>
        )
      }
    >
      {deal.invoices.length === 0 && <p className="record-none">{texts.noInvoices}</p>}
      <ul className="invoices">
        {deal.invoices.map(invoice => (
          <Row key={invoice.id} invoice={invoice} run={command.run} />
        ))}
      </ul>
      <Refusal>{command.refusal}</Refusal>
    </Section>
  );
}

function Row({ invoice, run }: { invoice: Invoice; run: ReturnType<typeof useCommand>['run'] }) {
  const texts = useSalesTexts();
  const format = useFormat();
  const locale = useLocale();
  const { id, version } = invoice;
  const number = invoice.number ?? texts.draft;
  const input = { id, expectedVersion: version };

  async function render() {
    const language = locale === 'pl' ? ('PL' as const) : ('EN' as const);
    const rendered = ask(RenderInvoice, { input: { id, language } }).then(data => data.renderInvoice);
    const errors = await run(rendered);
    const url = errors.length === 0 && (await rendered).document?.file?.url;
    if (url) open(url, '_blank', 'noreferrer');
  }

  const pay = () => {
    const paidOn = new Date().toISOString().slice(0, 10);
    return run(ask(PayInvoice, { input: { invoiceId: id, amount: invoice.owed.amount, paidOn } }).then(data => data.addInvoicePayment));
  };

  return (
    <li data-void={invoice.status === 'VOID' ? '' : undefined}>
      <span className="invoice-number">
        <strong>{number}</strong>{' '}
        <span className="chip" data-tone={invoice.isOverdue ? 'danger' : TONES[invoice.status]}>
          {invoice.isOverdue ? texts.overdue : texts.statuses[invoice.status]}
        </span>
      </span>
      <span>
        {format.exactMoney(invoice.amount)}{' '}
        <span className="record-soft">
          {invoice.status === 'SENT' && texts.owed(format.exactMoney(invoice.owed))} {invoice.dueOn && texts.due(format.day(invoice.dueOn))}
        </span>
      </span>
      {invoice.status === 'DRAFT' && (
        <button type="button" className="button" onClick={() => void run(ask(SendInvoice, { input }).then(data => data.sendInvoice))}>
          {texts.send}
        </button>
      )}
      {invoice.status !== 'VOID' && (
        <Menu
          trigger={
            <button type="button" className="button" data-kind="quiet" data-shape="icon" aria-label={texts.more(number)}>
              <MoreIcon />
            </button>
          }
        >
          {invoice.status === 'SENT' && <MenuItem onSelect={() => void pay()}>{texts.pay}</MenuItem>}
          {!invoice.isExternal && invoice.status !== 'DRAFT' && <MenuItem onSelect={() => void render()}>{texts.pdf}</MenuItem>}
          <MenuItem kind="danger" onSelect={() => void run(ask(VoidInvoice, { input }).then(data => data.voidInvoice))}>
            {texts.void}
          </MenuItem>
        </Menu>
      )}
    </li>
  );
}
