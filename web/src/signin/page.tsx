import './page.css';

import { type FormEvent, useState } from 'react';

import { type Session, signIn, signInToDemo } from '../api/session';
import { Funnel } from '../app/layout';
import { LOCALES, setLocale, useLocale } from '../i18n/locale';
import { Avatar } from '../ui/avatar';
import { useTexts } from './texts';

/** Asks who is there: by e-mail and password, or with one click as somebody of the demo. */
export function SignIn({ demo }: { demo: Session['demo'] }) {
  const texts = useTexts();
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);

  function attempt(entering: Promise<void>) {
    setBusy(true);
    setRefusal('');
    entering.catch((error: Error) => {
      setRefusal(error.message);
      setBusy(false);
    });
  }

  return (
    <main className="signin">
      <div className="signin-box">
        <h1 className="signin-title">
          <Funnel /> Lejek
        </h1>
        <p className="signin-claim">{texts.claim}</p>
        {demo.length > 0 && <Demo demo={demo} busy={busy} onChoose={email => attempt(signInToDemo(email))} />}
        <Form busy={busy} refusal={refusal} onSubmit={(email, password) => attempt(signIn(email, password))} />
        <Languages />
      </div>
    </main>
  );
}

function Demo(props: { demo: Session['demo']; busy: boolean; onChoose: (email: string) => void }) {
  const texts = useTexts();
  const accounts = [...new Set(props.demo.map(each => each.account))];
  return (
    <section className="panel signin-panel" aria-labelledby="signin-demo">
      <h2 id="signin-demo">{texts.demo}</h2>
      {accounts.map(account => (
        <div key={account} className="signin-account">
          <h3>{account}</h3>
          <ul>
            {props.demo
              .filter(each => each.account === account)
              .map(each => (
                <li key={each.email}>
                  <button type="button" className="button signin-person" disabled={props.busy} onClick={() => props.onChoose(each.email)}>
                    <Avatar name={each.name} />
                    {each.name}
                  </button>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function Form(props: { busy: boolean; refusal: string; onSubmit: (email: string, password: string) => void }) {
  const texts = useTexts();
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    props.onSubmit(String(given.get('email')), String(given.get('password')));
  }
  return (
    <form className="panel signin-panel" onSubmit={submit}>
      <h2>{texts.title}</h2>
      <div className="field">
        <label htmlFor="signin-email">{texts.email}</label>
        <input id="signin-email" className="input" name="email" type="email" autoComplete="username" required />
      </div>
      <div className="field">
        <label htmlFor="signin-password">{texts.password}</label>
        <input id="signin-password" className="input" name="password" type="password" autoComplete="current-password" required />
      </div>
      <div role="alert">{props.refusal && <p className="refusal">{props.refusal}</p>}</div>
      <button className="button" data-kind="main" disabled={props.busy}>
        {texts.submit}
      </button>
    </form>
  );
}

function Languages() {
  const chosen = useLocale();
  const names = { en: 'English', pl: 'Polski' };
  return (
    <p className="signin-languages">
      {LOCALES.map(each => (
        <button key={each} type="button" lang={each} className="button" data-kind="quiet" aria-pressed={each === chosen} onClick={() => setLocale(each)}>
          {names[each]}
        </button>
      ))}
    </p>
  );
}
