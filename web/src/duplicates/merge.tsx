import { type FormEvent, useId, useState } from 'react';

import { ask } from '../api/ask';
import { useFormat } from '../i18n/format';
import { useCommand } from '../records/command';
import { Refusal } from '../records/section';
import { CheckLine } from '../ui/check';
import { Dialog } from '../ui/dialog';
import { FormButtons } from '../ui/form-buttons';
import { type Contact, Merge, type Taken } from './documents';
import { differences, linesOf } from './merging';
import { useTexts } from './texts';

/** Two contacts side by side: which one stays, and what it takes from the other. */
export function MergeDialog(props: {
  /** The earlier one first: it stays unless somebody chooses otherwise. */
  pair: readonly [Contact, Contact];
  onMerged: (survivor: Contact, other: Contact) => void;
  onClose: () => void;
}) {
  const texts = useTexts();
  const command = useCommand();
  const name = useId();
  const [stays, setStays] = useState(0);
  const [taken, setTaken] = useState<Taken[]>([]);
  const survivor = props.pair[stays]!;
  const other = props.pair[1 - stays]!;
  const open = differences(survivor, other);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const take = open.map(each => each.field).filter(field => taken.includes(field));
    const input = { survivorId: survivor.id, mergedId: other.id, take, expectedVersion: 'version' in survivor ? survivor.version : undefined };
    const errors = await command.run(ask(Merge, { input }).then(data => data.mergeContacts));
    if (errors.length === 0) props.onMerged(survivor, other);
  }

  return (
    <Dialog open wide onClose={props.onClose} title={texts.mergeTitle} description={texts.mergeWhy}>
      <form className="form" onSubmit={event => void submit(event)}>
        <fieldset className="duplicate-sides">
          <legend>{texts.stays}</legend>
          {props.pair.map((contact, at) => (
            <label key={contact.id} className="duplicate-side" data-chosen={at === stays ? '' : undefined}>
              <Facts contact={contact} />
              <span>
                <input
                  type="radio"
                  name={name}
                  checked={at === stays}
                  onChange={() => {
                    setStays(at);
                    setTaken([]);
                  }}
                />{' '}
                {texts.staysThis}
              </span>
            </label>
          ))}
        </fieldset>
        {open.length > 0 && (
          <fieldset className="settings-group">
            <legend>{texts.take}</legend>
            {open.map(({ field, survivors, others }) => {
              const label = texts.takeOne(texts.fields[field], others, survivors);
              return (
                <CheckLine
                  key={field}
                  label={label}
                  checked={taken.includes(field)}
                  onChange={on => setTaken(known => (on ? [...known, field] : known.filter(each => each !== field)))}
                />
              );
            })}
          </fieldset>
        )}
        <Refusal>{command.refusal}</Refusal>
        <FormButtons does={texts.merge} busy={command.busy} onClose={props.onClose} />
      </form>
    </Dialog>
  );
}

function Facts({ contact }: { contact: Contact }) {
  const texts = useTexts();
  const format = useFormat();
  return (
    <span className="duplicate-facts">
      <strong>{contact.name}</strong>
      {linesOf(contact).map(line => (
        <span key={line}>{line}</span>
      ))}
      {'owner' in contact && <span>{texts.since(contact.owner.name, format.day(contact.createdAt))}</span>}
    </span>
  );
}
