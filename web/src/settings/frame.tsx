import '../records/records.css';
import './settings.css';

import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';

import { useSignedIn } from '../api/session';
import { announce } from '../ui/notices';
import { useTexts } from './texts';

/** The parts of the settings, in the order in which they are offered. */
const PARTS = [
  { href: '/settings', name: 'fields' },
  { href: '/settings/products', name: 'products' },
  { href: '/settings/contacts', name: 'contacts' },
  { href: '/settings/chats', name: 'chats' },
  { href: '/settings/templates', name: 'templates' },
  { href: '/settings/register', name: 'register' },
  { href: '/settings/plan', name: 'plan' },
] as const;

type Part = (typeof PARTS)[number]['name'];

/**
 * What surrounds each part of the settings: the way to the others, what it is, and what went wrong with reading it.
 * `action` is what admins can do; everybody else reads `adminsOnly` instead.
 */
export function Settings(props: { part: Part; action?: ReactNode; adminsOnly?: string; error?: Error; children: ReactNode }) {
  const texts = useTexts();
  const isAdmin = useIsAdmin();
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
          {isAdmin && props.action && <div className="record-actions">{props.action}</div>}
        </header>
        {props.error && <p className="refusal">{props.error.message}</p>}
        {!isAdmin && props.adminsOnly && <p className="record-none">{props.adminsOnly}</p>}
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

/** The button that begins a new one. */
export function NewButton(props: { name: string; onClick: () => void }) {
  return (
    <button type="button" className="button" data-kind="main" onClick={props.onClick}>
      {props.name}
    </button>
  );
}

/** The button that begins to change what is kept under a name. */
export function EditButton(props: { name: string; onClick: () => void }) {
  const texts = useTexts();
  return (
    <button type="button" className="button" aria-label={`${texts.edit}: ${props.name}`} onClick={props.onClick}>
      {texts.edit}
    </button>
  );
}

/** What is being written: a new one, where it is open without `what`, or one that is there. `reload` is for when it was saved. */
export function useEditing<T extends object>(reload: () => void) {
  const texts = useTexts();
  const [edited, begin] = useState<T | 'new'>();
  const close = () => begin(undefined);

  function done(name: string) {
    close();
    announce(texts.saved(name));
    reload();
  }

  return { isOpen: edited !== undefined, what: edited === 'new' ? undefined : edited, begin, close, done };
}

/** Whether who is signed in may change the settings; others read them. */
export function useIsAdmin(): boolean {
  return useSignedIn().user.role === 'ADMIN';
}
