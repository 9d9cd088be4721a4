import type { Told } from './documents';

export const LONGEST = 200;

/** What was told, latest first, each event once. A lead that became a deal is told twice: to both lists. */
export function tell(log: readonly Told[], told: Told): Told[] {
  if (told.__typename === 'CaughtUp') return [...log];
  const known = log.some(each => each.revision === told.revision && each.__typename === told.__typename && aboutOf(each) === aboutOf(told));
  if (known) return [...log];
  return [told, ...log].sort((one, other) => (BigInt(other.revision) > BigInt(one.revision) ? 1 : -1)).slice(0, LONGEST);
}

/** What an event is about, beside who made it: a title or an id, and what changed. */
export function aboutOf(told: Told): string {
  const facts: (string | null | undefined)[] = [];
  if ('lead' in told) facts.push(told.lead.title);
  if ('deal' in told && told.deal) facts.push(told.deal.title);
  if ('leadId' in told) facts.push(told.leadId);
  if ('dealId' in told) facts.push(told.dealId);
  if ('toStage' in told) facts.push(`${told.fromStage.name} → ${told.toStage.name}`);
  if ('fields' in told) facts.push(told.fields.join(', '));
  if ('reason' in told) facts.push(told.reason);
  return facts.filter(Boolean).join(' · ');
}
