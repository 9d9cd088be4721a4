import { CheckLine } from '../ui/check';
import { Choose, Line, Lines } from '../ui/choose';
import { CloseIcon } from '../ui/icons';
import { ASKABLE, isEnd, type Step, type Waits } from './draft';
import { useTexts } from './texts';

/** One step of a chatbot: what it says, what it waits for, and where each answer leads. */
export function StepEditor(props: { step: Step; number: number; steps: readonly Step[]; onChange: (step: Step) => void; onRemove: () => void }) {
  const { step, number, onChange } = props;
  const texts = useTexts();
  const change = (part: Partial<Step>) => onChange({ ...step, ...part });
  const choice = (at: number, part: Partial<Step['choices'][number]>) =>
    change({ choices: step.choices.map((each, index) => (index === at ? { ...each, ...part } : each)) });
  const ways = [
    { value: '', name: texts.end },
    ...props.steps.flatMap(({ key, says }, at) => (key === step.key ? [] : [{ value: key, name: `${at + 1}. ${says.slice(0, 40)}` }])),
  ];

  function wait(waits: Waits) {
    change({ waits, choices: waits === 'CHOICES' && step.choices.length === 0 ? [{ label: '', next: step.next }] : step.choices });
  }

  return (
    <li className="chat-step">
      <div className="chat-step-head">
        <h3>{texts.step(number)}</h3>
        <Remove label={texts.removeStep(number)} onClick={props.onRemove} />
      </div>
      <Lines label={texts.says(number)} value={step.says} onChange={says => change({ says })} rows={2} required />
      <Choose
        label={texts.waits(number)}
        value={step.waits}
        onChange={value => wait(value as Waits)}
        choices={(['NOTHING', 'CHOICES', ...ASKABLE] as const).map(value => ({ value, name: texts.waiting[value] }))}
      />
      {step.waits === 'CHOICES' ? (
        <>
          {step.choices.map((each, at) => (
            <div key={at} className="settings-line">
              <div className="form-pair">
                <Line label={texts.choice(number, at + 1)} value={each.label} onChange={label => choice(at, { label })} maxLength={80} required />
                <Choose label={texts.leads(number, at + 1)} value={each.next} onChange={next => choice(at, { next })} choices={ways} />
              </div>
              <Remove label={texts.removeChoice(number, at + 1)} onClick={() => change({ choices: step.choices.filter((_, index) => index !== at) })} />
            </div>
          ))}
          <button type="button" className="button" aria-label={texts.addChoiceTo(number)} onClick={() => change({ choices: [...step.choices, { label: '', next: '' }] })}>
            {texts.addChoice}
          </button>
        </>
      ) : (
        <Choose label={texts.next(number)} value={step.next} onChange={next => change({ next })} choices={ways} />
      )}
      {isEnd(step) && (
        <CheckLine label={texts.qualifies(number)} checked={step.qualifies} onChange={qualifies => change({ qualifies })} />
      )}
    </li>
  );
}

function Remove({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button type="button" className="button" data-kind="quiet" data-shape="icon" aria-label={label} onClick={onClick}>
      <CloseIcon />
    </button>
  );
}
