import { makeTexts } from '../i18n/texts';

const en = {
  unlimited: 'open deals; there is no limit',
  taken: 'Places taken by open deals',
  full: 'Every place is taken. Win, lose or delete a deal, and whoever is first in the line is converted.',
  waiting: 'Waiting for a place',
  waitingWhy: 'Leads whose conversion was put in line, and requests by forms that make deals. Leads themselves need no place.',
  nobody: 'Nobody waits.',
  hidden: 'A lead that you may not see',
  place: (position: number, name: string) => `Number ${position} · for ${name}`,
  leave: 'Take out of the line',
  left: (title: string) => `${title} waits no longer; it stays a lead.`,
  first: 'Back to the first',
  next: 'Further ones',
};

export const useTexts = makeTexts<typeof en>({
  en,
  pl: {
    unlimited: 'otwartych szans; limitu nie ma',
    taken: 'Miejsca zajęte przez otwarte szanse',
    full: 'Wszystkie miejsca są zajęte. Wygraj, przegraj lub usuń szansę, a pierwszy z kolejki zostanie przekształcony.',
    waiting: 'Czekają na miejsce',
    waitingWhy: 'Leady, których przekształcenie czeka w kolejce, i zgłoszenia z formularzy tworzących szanse. Same leady nie potrzebują miejsca.',
    nobody: 'Nikt nie czeka.',
    hidden: 'Lead, którego nie możesz zobaczyć',
    place: (position, name) => `Numer ${position} · dla: ${name}`,
    leave: 'Usuń z kolejki',
    left: title => `${title} już nie czeka; pozostaje leadem.`,
    first: 'Wróć do pierwszych',
    next: 'Dalsze',
  },
});
