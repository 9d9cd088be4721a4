import type { Contact, Taken } from './documents';

/** What one of two contacts has where the other has something else: a person says which one stays. */
export interface Difference {
  field: Taken;
  survivors: string;
  others: string;
}

/** Where the other has its own, so that the survivor's would win; what the survivor lacks it gets anyway. */
export function differences(survivor: Contact, other: Contact): Difference[] {
  const pairs = factsOf(survivor).map(([field, survivors], at) => ({ field, survivors, others: factsOf(other)[at]?.[1] }));
  return pairs.flatMap(({ field, survivors, others }) =>
    survivors && others && survivors !== others ? [{ field, survivors, others }] : [],
  );
}

function factsOf(contact: Contact): [Taken, string | null | undefined][] {
  if (contact.__typename === 'Person') return [['NAME', contact.name], ['ORGANIZATION', contact.organization?.name]];
  return [['NAME', contact.name], ['DOMAIN', contact.domain], ['ADDRESS', contact.address]];
}

/** What is shown of a contact beside its name. */
export function linesOf(contact: Contact): string[] {
  const lines =
    contact.__typename === 'Person' ? [contact.organization?.name, ...contact.emails, ...contact.phones] : [contact.domain, contact.address];
  return lines.filter(line => line != null && line !== '') as string[];
}
