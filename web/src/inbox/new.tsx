import { type FormEvent, useState } from 'react';

import { ask } from '../api/ask';
import { newKey } from '../api/id';
import { useSignedIn } from '../api/session';
import { findOrganizations, findPeople } from '../records/contacts';
import { moneyOf } from '../records/money';
import { Choose, Line } from '../ui/choose';
import { Dialog } from '../ui/dialog';
import { Pick, type Pickable } from '../ui/pick';
import { CreateLead } from './documents';
import { useTexts } from './texts';

/** Makes a lead. */
export function NewLead(props: { owners: { id: string; name: string }[]; onClose: () => void; onMade: (id: string) => void }) {
  const texts = useTexts();
  const { account, user } = useSignedIn();
  const [key] = useState(newKey);
  const [title, setTitle] = useState('');
  const [person, setPerson] = useState<Pickable | null>(null);
  const [organization, setOrganization] = useState<Pickable | null>(null);
  const [amount, setAmount] = useState('');
  const [currency, setCurrency] = useState(account.currency);
  const [ownerId, setOwnerId] = useState(user.id);
  const [refusal, setRefusal] = useState('');

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!person && !organization) return setRefusal(texts.needsContact);
    const input = {
      title,
      personId: person?.id,
      organizationId: organization?.id,
      value: moneyOf(amount, currency),
      ownerId,
      source: 'MANUAL' as const,
      idempotencyKey: key,
    };
    try {
      const { lead, errors } = (await ask(CreateLead, { input })).createLead;
      if (!lead) return setRefusal(errors.map(error => error.message).join(' '));
      props.onClose();
      props.onMade(lead.id);
    } catch (error) {
      setRefusal((error as Error).message);
    }
  }

  return (
    <Dialog open onClose={props.onClose} title={texts.newLead}>
      <form className="form" onSubmit={event => void submit(event)}>
        <Line label={texts.leadTitle} value={title} onChange={setTitle} maxLength={255} required />
        <Pick label={texts.person} value={person} onChange={setPerson} search={findPeople} />
        <Pick label={texts.organization} value={organization} onChange={setOrganization} search={findOrganizations} />
        <div className="form-pair">
          <Line label={texts.amount} value={amount} onChange={setAmount} inputMode="decimal" />
          <Line label={texts.currency} value={currency} onChange={setCurrency} maxLength={3} />
        </div>
        <Choose label={texts.owner} value={ownerId} onChange={setOwnerId} choices={props.owners.map(({ id, name }) => ({ value: id, name }))} />
        <div role="alert">{refusal && <p className="refusal">{refusal}</p>}</div>
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={props.onClose}>
            {texts.cancel}
          </button>
          <button className="button" data-kind="main">
            {texts.create}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
