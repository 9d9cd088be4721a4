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
