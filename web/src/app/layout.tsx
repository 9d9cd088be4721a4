import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';

import { signOut, useSignedIn } from '../api/session';
import { connection } from '../api/socket';
import { useStore } from '../api/store';
import { LOCALES, setLocale, useLocale } from '../i18n/locale';
import { Avatar } from '../ui/avatar';
import { Menu, MenuChoice, MenuItem, MenuLine } from '../ui/menu';
import { notify } from '../ui/notices';
import { setTheme, theme, THEMES } from '../ui/theme';
import { PAGES } from './pages';
import { useTexts } from './texts';

const LANGUAGE_NAMES = { en: 'English', pl: 'Polski' };

/** What surrounds every page: the way to the others, who is signed in, and whether the server answers. */
export function Layout({ children }: { children: ReactNode }) {
  const texts = useTexts();
  const isLost = useStore(connection) === 'lost';
  return (
    <div className="layout">
      <a className="skip-link" href="#content">
        {texts.skip}
      </a>
      <header className="top">
        <Link href="/" className="brand" aria-label="Lejek">
          <Funnel />
          <span className="brand-name">Lejek</span>
        </Link>
        <Navigation />
        <Settings />
      </header>
      <div role="status">{isLost && <p className="offline">{texts.offline}</p>}</div>
      <main id="content" className="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function Navigation() {
  const texts = useTexts();
  const [path] = useLocation();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    // On a phone not all of them are in sight.
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [path]);
  return (
    <nav className="navigation" aria-label={texts.navigation}>
      <ul ref={list}>
        {PAGES.map(
          ({ path: pattern, href = pattern, name, Icon }) =>
            name && (
              <li key={href}>
                <Link href={href} aria-current={isWithin(path, href) ? 'page' : undefined}>
                  {Icon && <Icon />}
                  {texts.pages[name]}
                </Link>
              </li>
            ),
        )}
      </ul>
    </nav>
  );
}

function isWithin(path: string, page: string): boolean {
  if (page === '/') return path === '/' || path.startsWith('/pipelines/');
  return path === page || path.startsWith(`${page}/`);
}

function Settings() {
  const texts = useTexts();
  const { user, account } = useSignedIn();
  return (
    <Menu
      trigger={
        <button type="button" className="button settings" data-kind="quiet">
          <span className="for-readers">{`${texts.menu}: ${user.name}, `}</span>
          <Avatar name={user.name} />
          <span className="settings-account">{account.name}</span>
        </button>
      }
    >
      <p className="settings-who">
        <strong>{user.name}</strong>
        <span>{user.email}</span>
        <span>{account.name}</span>
      </p>
      <MenuLine />
      <MenuChoice
        heading={texts.language}
        value={useLocale()}
        onChoose={setLocale}
        choices={LOCALES.map(value => ({ value, name: LANGUAGE_NAMES[value] }))}
      />
      <MenuChoice
        heading={texts.theme}
        value={useStore(theme)}
        onChoose={setTheme}
        choices={THEMES.map(value => ({ value, name: texts.themes[value] }))}
      />
      <MenuLine />
      <MenuItem onSelect={() => location.assign('/graphiql')}>{texts.graphiql}</MenuItem>
      <MenuItem onSelect={() => signOut().catch((error: Error) => notify(error.message, 'danger'))}>
        {texts.signOut}
      </MenuItem>
    </Menu>
  );
}

/** The mark: a funnel. */
export function Funnel() {
  return (
    <svg width="22" height="22" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d="M1 2h14L10 8.5V14l-4-2V8.5z" fill="currentColor" />
    </svg>
  );
}
