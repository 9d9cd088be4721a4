import { makeStore, useStore } from '../api/store';
import { makeTexts } from '../i18n/texts';
import { CloseIcon } from './icons';

interface Notice {
  id: number;
  text: string;
  tone: 'plain' | 'danger';
}

const SHOWN_FOR = 8_000;
const notices = makeStore<Notice[]>([]);
const spoken = makeStore('');
let count = 0;

const useTexts = makeTexts({ en: { dismiss: 'Dismiss' }, pl: { dismiss: 'Zamknij' } });

/** Shows a short text for a while, and says it to those who listen. */
export function notify(text: string, tone: Notice['tone'] = 'plain'): void {
  const notice = { id: ++count, text, tone };
  notices.set([...notices.get(), notice].slice(-4));
  setTimeout(() => dismiss(notice.id), tone === 'plain' ? SHOWN_FOR : 2 * SHOWN_FOR);
}

/** Says something to those who listen, and shows nothing. */
export function announce(text: string): void {
  spoken.set(spoken.get() === text ? `${text}\u00a0` : text); // the same text again is said again
}

function dismiss(id: number): void {
  notices.set(notices.get().filter(each => each.id !== id));
}

/** Where notices and announcements come out; once in the page. */
export function Notices() {
  const shown = useStore(notices);
  const { dismiss: label } = useTexts();
  return (
    <>
      <div className="for-readers" role="status" data-announcer>
        {useStore(spoken)}
      </div>
      <div className="notices" role="alert">
        {shown.map(notice => (
          <div key={notice.id} className="notice" data-tone={notice.tone}>
            <p>{notice.text}</p>
            <button type="button" className="button" data-kind="quiet" data-shape="icon" aria-label={label} onClick={() => dismiss(notice.id)}>
              <CloseIcon />
            </button>
          </div>
        ))}
      </div>
    </>
  );
}
