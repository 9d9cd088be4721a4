import { useEffect, useRef } from 'react';

/** A box to tick, which may stand for some of many. */
export function Check(props: { label: string; checked: boolean; some?: boolean; onChange: (checked: boolean) => void }) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = Boolean(props.some) && !props.checked;
  });
  return (
    <input
      ref={box}
      type="checkbox"
      className="check"
      aria-label={props.label}
      checked={props.checked}
      onChange={event => props.onChange(event.target.checked)}
    />
  );
}

/** A box to tick, with what it stands for beside it. */
export function CheckLine(props: { label: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <span className="record-label">
      <Check {...props} />
      <span aria-hidden="true">{props.label}</span>
    </span>
  );
}
