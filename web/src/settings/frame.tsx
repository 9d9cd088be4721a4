import '../records/records.css';
import './settings.css';

import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';

import { useSignedIn } from '../api/session';
import { useTexts } from './texts';

/** The parts of the settings, in the order in which they are offered. */
const PARTS = [
  { href: '/settings', name: 'fields' },
  { href: '/settings/products', name: 'products' },
  { href: '/settings/contacts', name: 'contacts' },
  { href: '/settings/chats', name: 'chats' },
  { href: '/settings/templates', name: 'templates' },
  { href: '/settings/plan', name: 'plan' },
] as const;

type Part = (typeof PARTS)[number]['name'];

/** What surrounds each part of the settings: the way to the others, what it is, and what went wrong with reading it. */
export function Settings(props: { part: Part; action?: ReactNode; error?: Error; children: ReactNode }) {
  const texts = useTexts();
  const [path] = useLocation();
  return (
    <div className="page-scroll">
      <div className="page record">
        <nav className="settings-parts" aria-label={texts.settings}>
          <ul>
            {PARTS.map(({ href, name }) => (
              <li key={href}>
                <Link href={href} aria-current={path === href ? 'page' : undefined}>
                  {texts.parts[name]}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <header className="record-head">
          <div>
            <h1 className="page-title">{texts.parts[props.part]}</h1>
            <p className="record-soft">{texts.why[props.part]}</p>
          </div>
          {props.action && <div className="record-actions">{props.action}</div>}
        </header>
        {props.error && <p className="refusal">{props.error.message}</p>}
        {props.children}
      </div>
    </div>
  );
}

/** Something that is kept, as a row: what it is, and what can be done with it. */
export function Kept(props: { name: ReactNode; about?: ReactNode; children?: ReactNode }) {
  return (
    <li className="panel settings-kept">
      <div>
        <h2>{props.name}</h2>
        {props.about && <p className="record-soft">{props.about}</p>}
      </div>
      {props.children}
    </li>
  );
}

/** The two buttons under a form. */
export function FormButtons(props: { busy: boolean; onClose: () => void }) {
  const texts = useTexts();
  return (
    <div className="dialog-buttons">
      <button type="button" className="button" onClick={props.onClose}>
        {texts.cancel}
      </button>
      <button className="button" data-kind="main" disabled={props.busy}>
        {texts.save}
      </button>
    </div>
  );
}

/** Whether who is signed in may change the settings; others read them. */
export function useIsAdmin(): boolean {
  return useSignedIn().user.role === 'ADMIN';
}
