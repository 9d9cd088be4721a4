const FRESH = 1_000; // ms in which a card that was seen elsewhere is taken for having moved
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const seen = new Map<string, { at: DOMRect; when: number }>();

/** Keeps where a card is, just before it is shown elsewhere. */
export function remember(dealId: string | undefined): void {
  if (!dealId) return;
  const card = document.querySelector(`[data-deal="${CSS.escape(dealId)}"]`);
  if (card) seen.set(dealId, { at: card.getBoundingClientRect(), when: performance.now() });
}

/** Lets a card that has just been shown come from where it was. */
export function arrive(card: HTMLElement, dealId: string): void {
  const from = seen.get(dealId);
  seen.delete(dealId);
  if (!from || calm.matches || performance.now() - from.when > FRESH) return;
  const to = card.getBoundingClientRect();
  if (Math.abs(from.at.left - to.left) < 1 && Math.abs(from.at.top - to.top) < 1) return;
  const flying = lift(card);
  const timing = { duration: 240, easing: 'cubic-bezier(.2, .8, .2, 1)' };
  card.animate([{ opacity: 0 }, { opacity: 0 }], timing);
  const flight = flying.animate(
    [{ transform: `translate(${from.at.left - to.left}px, ${from.at.top - to.top}px)` }, { transform: 'none' }],
    timing,
  );
  flight.onfinish = flight.oncancel = () => flying.remove();
}

/** A likeness of a card in its place, above the columns, which would clip it. */
export function lift(card: HTMLElement): HTMLElement {
  const { left, top, width, height } = card.getBoundingClientRect();
  const flying = card.cloneNode(true) as HTMLElement;
  flying.removeAttribute('data-deal');
  flying.inert = true;
  flying.ariaHidden = 'true';
  flying.classList.add('card-flying');
  Object.assign(flying.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  document.body.append(flying);
  return flying;
}
