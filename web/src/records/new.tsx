import { type FormEvent, type ReactNode, useState } from 'react';

import type { UserError } from '../api/ask';
import { newKey } from '../api/id';
import { useSignedIn } from '../api/session';
import { Choose, Line } from '../ui/choose';
import { Dialog } from '../ui/dialog';
import { FormButtons } from '../ui/form-buttons';
import { Pick, type Pickable } from '../ui/pick';
import { useCommand } from './command';
import { findOrganizations, findPeople } from './contacts';
import { moneyOf } from './money';
import { Refusal } from './section';
import { useTexts } from './texts';

interface Named {
  id: string;
  name: string;
}

/** What is asked of a new lead and of a new deal alike. */
export interface NewInput {
  title: string;
  personId: string | undefined;
  organizationId: string | undefined;
  value: { amount: string; currency: string } | null;
  ownerId: string;
  source: 'MANUAL';
  idempotencyKey: string;
}

/** Asks for what a new lead or deal is made of; `children` are what only one of them has. */
export function NewRecord(props: {
  title: string;
  create: string;
  owners: readonly Named[];
  /** Makes it; ends with what a person can mend. */
  onCreate: (input: NewInput) => Promise<{ errors: UserError[] }>;
  onClose: () => void;
  children?: ReactNode;
}) {
  const texts = useTexts();
  const { account, user } = useSignedIn();
  const command = useCommand();
  const [key] = useState(newKey);
  const [title, setTitle] = useState('');
  const [person, setPerson] = useState<Pickable | null>(null);
  const [organization, setOrganization] = useState<Pickable | null>(null);
  const [amount, setAmount] = useState('');
  const [currency, setCurrency] = useState(account.currency);
  const [ownerId, setOwnerId] = useState(user.id);

  function submit(event: FormEvent) {
    event.preventDefault();
    const input = { title, personId: person?.id, organizationId: organization?.id, value: moneyOf(amount, currency), ownerId };
    void command.run(props.onCreate({ ...input, source: 'MANUAL', idempotencyKey: key }));
  }

  return (
    <Dialog open onClose={props.onClose} title={props.title}>
      <form className="form" onSubmit={submit}>
        <Line label={texts.title} value={title} onChange={setTitle} maxLength={255} required />
        <Pick label={texts.person} value={person} onChange={setPerson} search={findPeople} />
        <Pick label={texts.organization} value={organization} onChange={setOrganization} search={findOrganizations} />
        <div className="form-pair">
          <Line label={texts.value} value={amount} onChange={setAmount} inputMode="decimal" />
          <Line label={texts.currency} value={currency} onChange={setCurrency} maxLength={3} />
        </div>
        <Choose label={texts.owner} value={ownerId} onChange={setOwnerId} choices={props.owners.map(({ id, name }) => ({ value: id, name }))} />
        {props.children}
        <Refusal>{command.refusal}</Refusal>
        <FormButtons does={props.create} busy={command.busy} onClose={props.onClose} />
      </form>
    </Dialog>
  );
}
