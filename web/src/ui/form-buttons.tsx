import type { ReactNode } from 'react';

import { makeTexts } from '../i18n/texts';

const useTexts = makeTexts({ en: { cancel: 'Cancel', save: 'Save' }, pl: { cancel: 'Anuluj', save: 'Zapisz' } });

/** The buttons under a form: what else can be done, one that leaves it, and one that sends it, or calls `onConfirm` where there is no form. */
export function FormButtons(props: {
  does?: string;
  kind?: 'main' | 'danger';
  busy?: boolean;
  onClose: () => void;
  onConfirm?: () => void;
  children?: ReactNode;
}) {
  const texts = useTexts();
  return (
    <div className="dialog-buttons">
      {props.children}
      <button type="button" className="button" onClick={props.onClose}>
        {texts.cancel}
      </button>
      <button type={props.onConfirm ? 'button' : 'submit'} className="button" data-kind={props.kind ?? 'main'} disabled={props.busy} onClick={props.onConfirm}>
        {props.does ?? texts.save}
      </button>
    </div>
  );
}
