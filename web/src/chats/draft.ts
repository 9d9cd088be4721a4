import type { Asked, Chat, ChatInput } from './documents';

/** What a chatbot may ask for, in the order it is offered. */
export const ASKABLE = ['PERSON_NAME', 'EMAIL', 'PHONE', 'ORGANIZATION_NAME', 'MESSAGE'] as const satisfies readonly Asked[];
type Askable = (typeof ASKABLE)[number];

/** What a step waits for after it has said something. */
export type Waits = 'NOTHING' | 'CHOICES' | Askable;

/** A step as it is being written; '' is an end. */
export interface Step {
  key: string;
  says: string;
  waits: Waits;
  choices: { label: string; next: string }[];
  next: string;
  qualifies: boolean;
}

/** A chat as it is being written. */
export interface Draft {
  name: string;
  language: 'EN' | 'PL';
  greeting: string;
  ownerId: string;
  isActive: boolean;
  steps: Step[];
}

/** A chat that is there, to be changed. */
export function draftOf(chat: Chat): Draft {
  return {
    name: chat.name,
    language: chat.language,
    greeting: chat.greeting ?? '',
    ownerId: chat.owner.id,
    isActive: chat.isActive,
    steps: chat.steps.map(({ key, says, asks, choices, next, qualifies }) => ({
      ...{ key, says, qualifies },
      waits: (asks as Askable | null) ?? (choices.length ? 'CHOICES' : 'NOTHING'),
      choices: choices.map(({ label, next }) => ({ label, next: next ?? '' })),
      next: next ?? '',
    })),
  };
}

/** The draft as the API takes it. */
export function inputOf(draft: Draft): ChatInput {
  return {
    name: draft.name,
    language: draft.language,
    greeting: draft.greeting.trim() || null,
    ownerId: draft.ownerId,
    isActive: draft.isActive,
    steps: draft.steps.map(({ key, says, waits, choices, next, qualifies }) => ({
      ...{ key, says, qualifies },
      asks: waits === 'NOTHING' || waits === 'CHOICES' ? null : waits,
      choices: waits === 'CHOICES' ? choices.map(({ label, next }) => ({ label, next: next || null })) : [],
      next: waits === 'CHOICES' ? null : next || null,
    })),
  };
}

/** The steps with one more, whose key no other has; the last one that ended leads to it. */
export function withStep(steps: readonly Step[]): Step[] {
  let number = steps.length + 1;
  while (steps.some(each => each.key === `step-${number}`)) number++;
  const added: Step = { key: `step-${number}`, says: '', waits: 'NOTHING', choices: [], next: '', qualifies: false };
  const last = steps.at(-1);
  const leading = last && last.waits !== 'CHOICES' && !last.next ? [{ ...last, next: added.key, qualifies: false }] : last ? [last] : [];
  return [...steps.slice(0, -1), ...leading, added];
}

/** The steps without one; what led to it is an end. */
export function withoutStep(steps: readonly Step[], key: string): Step[] {
  const end = <Way extends { next: string }>(way: Way): Way => (way.next === key ? { ...way, next: '' } : way);
  return steps.filter(each => each.key !== key).map(step => end({ ...step, choices: step.choices.map(end) }));
}

/** Whether the conversation can end after a step. */
export function isEnd({ waits, choices, next }: Step): boolean {
  return waits === 'CHOICES' ? choices.some(each => !each.next) : !next;
}
