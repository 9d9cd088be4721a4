import { makeTexts } from '../i18n/texts';

type Status = 'RECEIVED' | 'QUEUED' | 'SENT' | 'FAILED';

const en = {
  title: 'E-mail',
  write: 'Write',
  answer: 'Answer',
  drop: 'Send a copy here, and it is kept:',
  to: 'To',
  subject: 'Subject',
  text: 'Text',
  send: 'Send',
  statuses: { RECEIVED: '', QUEUED: 'Going out', SENT: 'Sent', FAILED: 'Not sent' } as Record<Status, string>,
};

export const useMailTexts = makeTexts<typeof en>({
  en,
  pl: {
    title: 'E-mail',
    write: 'Napisz',
    answer: 'Odpowiedz',
    drop: 'Wyślij kopię tutaj, a zostanie zachowana:',
    to: 'Do',
    subject: 'Temat',
    text: 'Treść',
    send: 'Wyślij',
    statuses: { RECEIVED: '', QUEUED: 'Wychodzi', SENT: 'Wysłano', FAILED: 'Nie wysłano' },
  },
});
