import { Check } from '../ui/check';
import { Choose, Line } from '../ui/choose';
import { CloseIcon } from '../ui/icons';
import { moved } from '../ui/order';
import type { Choices, Meaning } from './documents';
import { MEANINGS, type Question } from './draft';
import { useTexts } from './texts';

/** The questions of a form, in their order. */
export function Questions(props: {
  questions: Question[];
  customFields: Choices['customFields'];
  onChange: (questions: Question[]) => void;
}) {
  const { questions, onChange } = props;
  const texts = useTexts();
  const change = (index: number, part: Partial<Question>) =>
    onChange(questions.map((each, at) => (at === index ? { ...each, ...part } : each)));
  return (
    <fieldset className="form-questions">
      <legend>{texts.questions}</legend>
      <ol>
        {questions.map((question, index) => (
          <li key={index} className="form-question">
            <Line label={texts.question} value={question.label} onChange={label => change(index, { label })} maxLength={255} required />
            <Choose
              label={texts.meaning}
              value={question.meaning}
              onChange={meaning => change(index, { meaning: meaning as Meaning })}
              choices={MEANINGS.map(value => ({ value, name: texts.meanings[value] }))}
            />
            {question.meaning === 'CUSTOM_FIELD' && (
              <Choose
                label={texts.customField}
                value={question.customFieldId}
                onChange={customFieldId => change(index, { customFieldId })}
                choices={[{ value: '', name: '–' }, ...props.customFields.map(({ id, name }) => ({ value: id, name }))]}
              />
            )}
            <span className="record-label">
              <Check label={`${texts.required}: ${question.label}`} checked={question.isRequired} onChange={isRequired => change(index, { isRequired })} />
              <span aria-hidden="true">{texts.required}</span>
            </span>
            <span className="form-order">
              <Button label={texts.up(question.label)} disabled={index === 0} onClick={() => onChange(moved(questions, index, -1))}>
                ↑
              </Button>
              <Button label={texts.down(question.label)} disabled={index === questions.length - 1} onClick={() => onChange(moved(questions, index, 1))}>
                ↓
              </Button>
              <Button label={texts.remove(question.label)} disabled={questions.length === 1} onClick={() => onChange(questions.filter((_, at) => at !== index))}>
                <CloseIcon />
              </Button>
            </span>
          </li>
        ))}
      </ol>
      <button
        type="button"
        className="button"
        onClick={() => onChange([...questions, { label: '', meaning: 'MESSAGE', customFieldId: '', isRequired: false }])}
      >
        {texts.addQuestion}
      </button>
    </fieldset>
  );
}

function Button(props: { label: string; disabled: boolean; onClick: () => void; children: React.ReactNode }) {
  return (
    <button type="button" className="button" data-kind="quiet" data-shape="icon" aria-label={props.label} disabled={props.disabled} onClick={props.onClick}>
      {props.children}
    </button>
  );
}
