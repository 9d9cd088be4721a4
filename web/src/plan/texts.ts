import { makeTexts, plural } from '../i18n/texts';
import type { Places } from './documents';

type Reason = Places['candidates'][number]['reason'];

const en = {
  unlimited: 'open deals; there is no limit',
  taken: 'Places taken by open deals',
  full: 'Every place is taken. Win, lose or delete a deal, and whoever is first in the line is converted.',
  placesLeft: (count: number) => plural('en', count, { one: 'place is left', other: 'places are left' }),
  freeing: 'What would free places',
  freeingWhy: 'Open deals, of those you may see, that may be ones to win, lose or delete. One may count for several reasons.',
  reasons: {
    CLOSE_DATE_PASSED: 'Expected day has passed',
    ROTTEN: 'Nothing done for too long',
    NOTHING_PLANNED: 'No activity planned',
  } as Record<Reason, string>,
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
    placesLeft: count => `Wolne: ${plural('pl', count, { one: 'miejsce', few: 'miejsca', many: 'miejsc' })}`,
    freeing: 'Co zwolniłoby miejsca',
    freeingWhy: 'Otwarte szanse, spośród tych, które widzisz, być może do wygrania, przegrania lub usunięcia. Jedna może liczyć się z kilku powodów.',
    reasons: {
      CLOSE_DATE_PASSED: 'Minął oczekiwany dzień',
      ROTTEN: 'Zbyt długo nic nie zrobiono',
      NOTHING_PLANNED: 'Nie zaplanowano aktywności',
    },
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
