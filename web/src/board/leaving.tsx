import { type FormEvent, useState } from 'react';

import { Line } from '../ui/choose';
import { Dialog } from '../ui/dialog';
import { FormButtons } from '../ui/form-buttons';
import { useTexts } from './texts';

/** Asks before a deal is lost, and why, or before it is deleted. */
export function Leaving(props: {
  title: string;
  to: 'lost' | 'deleted';
  onClose: () => void;
  onConfirm: (lostReason?: string) => void;
}) {
  const texts = useTexts();
  const [reason, setReason] = useState('');
  const isLost = props.to === 'lost';

  function submit(event: FormEvent) {
    event.preventDefault();
    props.onConfirm(isLost ? reason.trim() : undefined);
  }

  return (
    <Dialog
      open
      onClose={props.onClose}
      title={isLost ? texts.lostTitle(props.title) : texts.removeTitle(props.title)}
      description={isLost ? texts.lostHint : texts.removeWhy}
    >
      <form className="form" onSubmit={submit}>
        {isLost && <Line label={texts.lostReason} value={reason} onChange={setReason} maxLength={255} />}
        <FormButtons does={isLost ? texts.lost : texts.remove} kind={isLost ? 'main' : 'danger'} onClose={props.onClose} />
      </form>
    </Dialog>
  );
}
