import { type FormEvent, useState } from 'react';

import { ask } from '../api/ask';
import { newKey } from '../api/id';
import { useSignedIn } from '../api/session';
import { findOrganizations, findPeople } from '../records/contacts';
import { moneyOf } from '../records/money';
import { Choose, Line } from '../ui/choose';
import { Dialog } from '../ui/dialog';
import { announce } from '../ui/notices';
import { Pick, type Pickable } from '../ui/pick';
import { CreateDeal } from './documents';
import { useTexts } from './texts';

/** Makes a deal; the board is told of it as of any other. */
export function NewDeal(props: {
  stages: readonly { id: string; name: string }[];
  owners: readonly { id: string; name: string }[];
  onClose: () => void;
}) {
  const texts = useTexts();
  const { account, user } = useSignedIn();
  const [key] = useState(newKey);
  const [title, setTitle] = useState('');
  const [person, setPerson] = useState<Pickable | null>(null);
  const [organization, setOrganization] = useState<Pickable | null>(null);
  const [amount, setAmount] = useState('');
  const [currency, setCurrency] = useState(account.currency);
  const [stageId, setStageId] = useState(props.stages[0]?.id ?? '');
  const [ownerId, setOwnerId] = useState(user.id);
  const [closeDate, setCloseDate] = useState('');
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const choicesOf = (list: readonly { id: string; name: string }[]) => list.map(({ id, name }) => ({ value: id, name }));

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    const input = {
      title,
      personId: person?.id,
      organizationId: organization?.id,
      value: moneyOf(amount, currency),
      stageId,
      ownerId,
      expectedCloseDate: closeDate || undefined,
      source: 'MANUAL' as const,
      idempotencyKey: key,
    };
    try {
      const { deal, errors } = (await ask(CreateDeal, { input })).createDeal;
      if (!deal) return setRefusal(errors.map(error => error.message).join(' '));
      announce(texts.moved(title, props.stages.find(stage => stage.id === stageId)?.name ?? ''));
      props.onClose();
    } catch (error) {
      setRefusal((error as Error).message);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog open onClose={props.onClose} title={texts.newDeal}>
      <form className="form" onSubmit={event => void submit(event)}>
        <Line label={texts.dealTitle} value={title} onChange={setTitle} maxLength={255} required />
        <Pick label={texts.person} value={person} onChange={setPerson} search={findPeople} />
        <Pick label={texts.organization} value={organization} onChange={setOrganization} search={findOrganizations} />
        <div className="form-pair">
          <Line label={texts.amount} value={amount} onChange={setAmount} inputMode="decimal" />
          <Line label={texts.currency} value={currency} onChange={setCurrency} maxLength={3} />
        </div>
        <div className="form-pair">
          <Choose label={texts.stage} value={stageId} onChange={setStageId} choices={choicesOf(props.stages)} />
          <Choose label={texts.dealOwner} value={ownerId} onChange={setOwnerId} choices={choicesOf(props.owners)} />
        </div>
        <Line label={texts.closeDate} value={closeDate} onChange={setCloseDate} type="date" />
        <div role="alert">{refusal && <p className="refusal">{refusal}</p>}</div>
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={props.onClose}>
            {texts.cancel}
          </button>
          <button className="button" data-kind="main" disabled={busy}>
            {texts.create}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
