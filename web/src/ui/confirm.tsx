import { makeTexts } from '../i18n/texts';
import { Dialog } from './dialog';

const useTexts = makeTexts({ en: { cancel: 'Cancel' }, pl: { cancel: 'Anuluj' } });

/** Asks before something that is not easily taken back. */
export function Confirm(props: { title: string; why?: string; does: string; onClose: () => void; onConfirm: () => void }) {
  const texts = useTexts();
  return (
    <Dialog open onClose={props.onClose} title={props.title} description={props.why}>
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={props.onClose}>
          {texts.cancel}
        </button>
        <button type="button" className="button" data-kind="danger" onClick={props.onConfirm}>
          {props.does}
        </button>
      </div>
    </Dialog>
  );
}
