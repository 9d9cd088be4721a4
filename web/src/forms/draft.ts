import type { Form, FormInput, Meaning } from './documents';

/** What an answer may be kept as, in the order it is offered. */
export const MEANINGS: readonly Meaning[] = [
  'PERSON_NAME', 'EMAIL', 'PHONE', 'ORGANIZATION_NAME', 'WEBSITE', 'ADDRESS', 'TITLE', 'VALUE', 'MESSAGE', 'CUSTOM_FIELD',
];

export interface Question {
  label: string;
  meaning: Meaning;
  customFieldId: string;
  isRequired: boolean;
}

/** A form as it is being written: every text is there, empty for none. */
export interface Draft {
  name: string;
  language: 'EN' | 'PL';
  target: 'LEAD' | 'DEAL';
  stageId: string;
  ownerIds: string[];
  intro: string;
  button: string;
  consentText: string;
  thanks: string;
  redirectUrl: string;
  isActive: boolean;
  questions: Question[];
}

/** What a new form begins with; an e-mail is asked for, so that every lead has a contact. */
export function newDraft(language: Draft['language'], labels: { name: string; email: string; message: string }): Draft {
  const question = (label: string, meaning: Meaning, isRequired = false) => ({ label, meaning, customFieldId: '', isRequired });
  return {
    ...{ name: '', language, target: 'LEAD', stageId: '', ownerIds: [], intro: '', button: '', consentText: '', thanks: '' },
    redirectUrl: '',
    isActive: true,
    questions: [question(labels.name, 'PERSON_NAME'), question(labels.email, 'EMAIL', true), question(labels.message, 'MESSAGE')],
  } as Draft;
}

/** A form that is there, to be changed. */
export function draftOf(form: Form): Draft {
  const text = (given: string | null) => given ?? '';
  return {
    name: form.name,
    language: form.language,
    target: form.target,
    stageId: form.stage?.id ?? '',
    ownerIds: form.owners.map(owner => owner.id),
    intro: text(form.intro),
    button: text(form.button),
    consentText: text(form.consentText),
    thanks: text(form.thanks),
    redirectUrl: text(form.redirectUrl),
    isActive: form.isActive,
    questions: form.fields.map(({ label, meaning, isRequired, customField }) => ({
      ...{ label, meaning, isRequired },
      customFieldId: customField?.id ?? '',
    })),
  };
}

/** The draft as the API takes it. */
export function inputOf(draft: Draft): FormInput {
  const orNull = (text: string) => text.trim() || null;
  return {
    name: draft.name,
    language: draft.language,
    target: draft.target,
    stageId: draft.target === 'DEAL' ? orNull(draft.stageId) : null,
    ownerIds: draft.ownerIds.length ? draft.ownerIds : undefined,
    intro: orNull(draft.intro),
    button: orNull(draft.button),
    consentText: orNull(draft.consentText),
    thanks: orNull(draft.thanks),
    redirectUrl: orNull(draft.redirectUrl),
    isActive: draft.isActive,
    fields: draft.questions.map(({ label, meaning, customFieldId, isRequired }) => ({
      ...{ label, meaning, isRequired },
      customFieldId: meaning === 'CUSTOM_FIELD' ? customFieldId : undefined,
    })),
  };
}
