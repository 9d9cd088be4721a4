import { colourOf } from './colours';

/** A label: a dot in its colour, and its name. */
export function LabelMark({ name, color }: { name: string; color: string }) {
  return (
    <span className="chip">
      <span className="dot" style={{ '--colour': colourOf(color) } as React.CSSProperties} />
      {name}
    </span>
  );
}
