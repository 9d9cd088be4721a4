const NAMED = new Set(['blue', 'brown', 'gray', 'green', 'orange', 'pink', 'purple', 'red', 'yellow']);

/** A label's colour as CSS has it; grey for a name that CSS does not know. */
export function colourOf(color: string): string {
  if (/^#[0-9a-f]{6}$/i.test(color)) return color;
  const name = color.toLowerCase();
  return NAMED.has(name) ? name : name === 'dark-gray' ? 'dimgray' : 'gray';
}
