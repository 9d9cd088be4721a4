import { useState } from 'react';

import { ask } from '../api/ask';
import { useSignedIn } from '../api/session';
import { useFormat } from '../i18n/format';
import { useCommand } from '../records/command';
import { Refusal, Section } from '../records/section';
import { CloseIcon } from '../ui/icons';
import { Pick, type Pickable } from '../ui/pick';
import { AddDealProducts, CreateProduct, FindProducts, type Line, RemoveDealProducts, type SalesOf, UpdateDealProduct } from './sales-documents';
import { useSalesTexts } from './sales-texts';

/** What is sold: lines of the catalogue's products, and what they come to. */
export function Products({ deal }: { deal: SalesOf }) {
  const texts = useSalesTexts();
  const format = useFormat();
  const command = useCommand();
  const { account } = useSignedIn();
  const [name, setName] = useState('');
  const currency = deal.value?.currency ?? account.currency;
  const recurring = (['mrr', 'arr', 'acv'] as const).filter(each => deal[each] && Number(deal[each].amount) > 0);

  const add = (productId: string) =>
    command.run(ask(AddDealProducts, { input: { dealId: deal.id, products: [{ productId }] } }).then(data => data.addDealProducts));

  async function create() {
    const created = ask(CreateProduct, { input: { name, prices: [{ amount: '0', currency }] } }).then(data => data.createProduct);
    const errors = await command.run(created);
    const id = errors.length === 0 && (await created).product?.id;
    if (!id) return;
    setName('');
    await add(id);
  }

  return (
    <Section title={texts.products} count={deal.products.length}>
      {deal.products.length === 0 ? (
        <p className="record-none">{texts.noProducts}</p>
      ) : (
        <table className="lines">
          <thead>
            <tr>
              <th scope="col">{texts.product}</th>
              <th scope="col">{texts.quantity}</th>
              <th scope="col">{texts.price}</th>
              <th scope="col">{texts.total}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {deal.products.map(line => (
              <Row key={line.id} line={line} dealId={deal.id} run={command.run} />
            ))}
          </tbody>
        </table>
      )}
      {recurring.length > 0 && (
        <p className="record-soft">{recurring.map(each => `${texts.recurring[each]}: ${format.exactMoney(deal[each]!)}`).join(' · ')}</p>
      )}
      <Pick key={deal.products.length} label={texts.addProduct} value={null} search={findProducts} onChange={product => product && void add(product.id)} />
      <div className="add-one">
        <input className="input" aria-label={texts.newProduct} placeholder={texts.newProduct} value={name} maxLength={255} onChange={event => setName(event.target.value)} />
        <button type="button" className="button" disabled={!name.trim() || command.busy} onClick={() => void create()}>
          {texts.create}
        </button>
      </div>
      <Refusal>{command.refusal}</Refusal>
    </Section>
  );
}

async function findProducts(search: string, signal: AbortSignal): Promise<Pickable[]> {
  const { products } = await ask(FindProducts, { search }, signal);
  return products.nodes.map(({ id, name, code }) => ({ id, name, hint: code ?? undefined }));
}

/** One line; quantity and price are written where they stand, and kept when they are left. */
function Row({ line, dealId, run }: { line: Line; dealId: string; run: ReturnType<typeof useCommand>['run'] }) {
  const texts = useSalesTexts();
  const format = useFormat();
  const update = (part: { quantity?: string; itemPrice?: { amount: string; currency: string } }) =>
    void run(ask(UpdateDealProduct, { input: { id: line.id, ...part } }).then(data => data.updateDealProduct));
  const facts = [
    texts.frequencies[line.billingFrequency],
    line.discountPercentage && Number(line.discountPercentage) > 0 && texts.off(`${line.discountPercentage}%`),
    line.discountAmount && Number(line.discountAmount.amount) > 0 && texts.off(format.exactMoney(line.discountAmount)),
    Number(line.taxRate) > 0 && texts.tax(line.taxRate),
  ].filter(Boolean);
  return (
    <tr data-off={line.isEnabled ? undefined : ''}>
      <th scope="row">
        {line.product.name} {facts.length > 0 && <span className="record-soft">{facts.join(', ')}</span>}
      </th>
      <td>
        <Quantity label={texts.quantityOf(line.product.name)} value={line.quantity} onLeave={quantity => update({ quantity })} />
      </td>
      <td>
        <Quantity
          label={`${texts.price}: ${line.product.name}`}
          value={line.itemPrice.amount}
          onLeave={amount => update({ itemPrice: { amount, currency: line.itemPrice.currency } })}
        />
      </td>
      <td>{format.exactMoney(line.total)}</td>
      <td>
        <button
          type="button"
          className="button"
          data-kind="quiet"
          data-shape="icon"
          aria-label={texts.remove(line.product.name)}
          onClick={() => void run(ask(RemoveDealProducts, { input: { dealId, ids: [line.id] } }).then(data => data.removeDealProducts))}
        >
          <CloseIcon />
        </button>
      </td>
    </tr>
  );
}

/** A number that is kept when the field is left; what comes from the server meanwhile is shown until somebody types. */
function Quantity({ label, value, onLeave }: { label: string; value: string; onLeave: (value: string) => void }) {
  const [typed, setTyped] = useState<string>();
  function leave() {
    const given = typed?.trim().replace(',', '.');
    setTyped(undefined);
    if (given && given !== value) onLeave(given);
  }
  return (
    <input className="input" aria-label={label} inputMode="decimal" value={typed ?? value} onChange={event => setTyped(event.target.value)} onBlur={leave} onKeyDown={event => event.key === 'Enter' && leave()} />
  );
}
