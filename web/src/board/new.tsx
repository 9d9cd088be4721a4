import { useState } from 'react';

import { ask } from '../api/ask';
import { type NewInput, NewRecord } from '../records/new';
import { Choose, Line } from '../ui/choose';
import { announce } from '../ui/notices';
import { CreateDeal } from './documents';
import { useTexts } from './texts';

/** Makes a deal; the board is told of it as of any other. */
export function NewDeal(props: {
  stages: readonly { id: string; name: string }[];
  owners: readonly { id: string; name: string }[];
  onClose: () => void;
}) {
  const texts = useTexts();
  const [stageId, setStageId] = useState(props.stages[0]?.id ?? '');
  const [closeDate, setCloseDate] = useState('');

  async function create(input: NewInput) {
    const made = (await ask(CreateDeal, { input: { ...input, stageId, expectedCloseDate: closeDate || undefined } })).createDeal;
    if (made.deal) {
      announce(texts.moved(input.title, props.stages.find(stage => stage.id === stageId)?.name ?? ''));
      props.onClose();
    }
    return made;
  }

  return (
    <NewRecord title={texts.newDeal} create={texts.create} owners={props.owners} onCreate={create} onClose={props.onClose}>
      <div className="form-pair">
        <Choose label={texts.stage} value={stageId} onChange={setStageId} choices={props.stages.map(({ id, name }) => ({ value: id, name }))} />
        <Line label={texts.closeDate} value={closeDate} onChange={setCloseDate} type="date" />
      </div>
    </NewRecord>
  );
}
