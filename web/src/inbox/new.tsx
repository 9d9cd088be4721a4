import { ask } from '../api/ask';
import { type NewInput, NewRecord } from '../records/new';
import { CreateLead } from './documents';
import { useTexts } from './texts';

/** Makes a lead. */
export function NewLead(props: { owners: { id: string; name: string }[]; onClose: () => void; onMade: (id: string) => void }) {
  const texts = useTexts();

  async function create(input: NewInput) {
    if (!input.personId && !input.organizationId) throw new Error(texts.needsContact);
    const made = (await ask(CreateLead, { input })).createLead;
    if (made.lead) {
      props.onClose();
      props.onMade(made.lead.id);
    }
    return made;
  }

  return <NewRecord title={texts.newLead} create={texts.create} owners={props.owners} onCreate={create} onClose={props.onClose} />;
}
