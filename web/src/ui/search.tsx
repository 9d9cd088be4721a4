import { useEffect, useState } from 'react';

import { SearchIcon } from './icons';

const AFTER_TYPING = 250; // ms

/** A field that searches a moment after the last letter, so that not every letter is asked for. */
export function Search(props: { label: string; value: string; onChange: (value: string) => void }) {
  const { label, value, onChange } = props;
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = setTimeout(() => onChange(typed.trim()), AFTER_TYPING);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <label className="search">
      <SearchIcon />
      <span className="for-readers">{label}</span>
      <input className="input" type="search" placeholder={label} value={typed} onChange={event => setTyped(event.target.value)} />
    </label>
  );
}
