import type { Message } from './mail-documents';

/** Who wrote a message, by the best name there is. */
export function senderOf({ parties }: Message): string {
  const from = parties.find(party => party.role === 'FROM');
  return from?.person?.name ?? from?.name ?? from?.address ?? '';
}

/** Where an answer goes: to who wrote, or, to one's own message, to whom it went. */
export function addressOf({ parties, author }: Message): string {
  const role = author ? 'TO' : 'FROM';
  return parties
    .filter(party => party.role === role)
    .map(party => party.address)
    .join(', ');
}

/** The subject of an answer; an answer to an answer says so once. */
export function answerTo(subject: string): string {
  return /^re:/i.test(subject) ? subject : `Re: ${subject}`;
}
