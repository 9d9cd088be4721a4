import { useTexts } from './texts';

/** What can be done with the leads that are selected. */
export function Selection(props: {
  count: number;
  archived: boolean;
  onConvert: () => void;
  onArchive: () => void;
  onRemove: () => void;
  onClear: () => void;
}) {
  const texts = useTexts();
  return (
    <div className="inbox-selection" role="group" aria-label={texts.chosen(props.count)}>
      <p role="status">{texts.chosen(props.count)}</p>
      {!props.archived && (
        <button type="button" className="button" data-kind="main" onClick={props.onConvert}>
          {texts.convert}
        </button>
      )}
      <button type="button" className="button" onClick={props.onArchive}>
        {props.archived ? texts.unarchive : texts.archive}
      </button>
      <button type="button" className="button" onClick={props.onRemove}>
        {texts.remove}
      </button>
      <button type="button" className="button" data-kind="quiet" onClick={props.onClear}>
        {texts.unchoose}
      </button>
    </div>
  );
}
