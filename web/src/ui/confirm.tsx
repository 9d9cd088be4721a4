import { makeTexts } from '../i18n/texts';
import { Dialog } from './dialog';
import { FormButtons } from './form-buttons';

const useTexts = makeTexts({ en: { cancel: 'Cancel' }, pl: { cancel: 'Anuluj' } });

/** Asks before something that is not easily taken back. */
export function Confirm(props: { title: string; why?: string; does: string; onClose: () => void; onConfirm: () => void }) {
  const texts = useTexts();
  return (
    <Dialog open onClose={props.onClose} title={props.title} description={props.why}>
      <FormButtons does={props.does} kind="danger" onClose={props.onClose} onConfirm={props.onConfirm} />
    </Dialog>
  );
}
