import { type FormEvent, useState } from 'react';

import { ask } from '../api/ask';
import { useCommand } from '../records/command';
import { Refusal, Section } from '../records/section';
import { CheckLine } from '../ui/check';
import { Line, Lines } from '../ui/choose';
import { FormButtons } from '../ui/form-buttons';
import { CloseIcon } from '../ui/icons';
import { CreateProduct, type Product, UpdateProduct } from './documents';
import { type Draft, inputOf } from './draft';
import { useTexts } from './texts';

/** Writes a product: a new one, or one that is there. */
export function Editor(props: { product: Product | undefined; begun: Draft; onSaved: (name: string) => void; onClose: () => void }) {
  const { product } = props;
  const texts = useTexts();
  const command = useCommand();
  const [draft, setDraft] = useState(props.begun);
  const change = (part: Partial<Draft>) => setDraft(known => ({ ...known, ...part }));

  async function submit(event: FormEvent) {
    event.preventDefault();
    const saving = product
      ? ask(UpdateProduct, { input: { id: product.id, expectedVersion: product.version, ...inputOf(draft) } }).then(data => data.updateProduct)
      : ask(CreateProduct, { input: inputOf(draft) }).then(data => data.createProduct);
    if ((await command.run(saving)).length === 0) props.onSaved(draft.name);
  }

  return (
    <Section title={product?.name ?? texts.newProduct}>
      <form className="form" onSubmit={event => void submit(event)}>
        <Line label={texts.name} value={draft.name} onChange={name => change({ name })} maxLength={255} required />
        <div className="form-pair">
          <Line label={texts.code} value={draft.code} onChange={code => change({ code })} maxLength={64} />
          <Line label={texts.unit} value={draft.unit} onChange={unit => change({ unit })} maxLength={32} />
        </div>
        <Line label={texts.taxRate} value={draft.taxRate} onChange={taxRate => change({ taxRate })} inputMode="decimal" />
        <Prices prices={draft.prices} onChange={prices => change({ prices })} />
        <Lines label={texts.description} value={draft.description} onChange={description => change({ description })} />
        <CheckLine label={texts.active} checked={draft.isActive} onChange={isActive => change({ isActive })} />
        <Refusal>{command.refusal}</Refusal>
        <FormButtons busy={command.busy} onClose={props.onClose} />
      </form>
    </Section>
  );
}

function Prices({ prices, onChange }: { prices: Draft['prices']; onChange: (prices: Draft['prices']) => void }) {
  const texts = useTexts();
  const change = (at: number, part: Partial<Draft['prices'][number]>) =>
    onChange(prices.map((each, index) => (index === at ? { ...each, ...part } : each)));
  return (
    <fieldset className="settings-group">
      <legend>{texts.prices}</legend>
      {prices.map((price, at) => (
        <div key={at} className="settings-line">
          <div className="form-pair">
            <Line label={texts.price} value={price.amount} onChange={amount => change(at, { amount })} inputMode="decimal" />
            <Line label={texts.currency} value={price.currency} onChange={currency => change(at, { currency })} maxLength={3} />
          </div>
          <button
            type="button"
            className="button"
            data-kind="quiet"
            data-shape="icon"
            aria-label={texts.removePrice(price.currency)}
            onClick={() => onChange(prices.filter((_, index) => index !== at))}
          >
            <CloseIcon />
          </button>
        </div>
      ))}
      <button type="button" className="button" onClick={() => onChange([...prices, { amount: '', currency: '' }])}>
        {texts.addPrice}
      </button>
    </fieldset>
  );
}
