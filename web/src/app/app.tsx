import { Suspense } from 'react';
import { Link, Route, Switch } from 'wouter';

import { refreshSession, useSession } from '../api/session';
import { SignIn } from '../signin/page';
import { Notices } from '../ui/notices';
import { Boundary } from './boundary';
import { Layout } from './layout';
import { PAGES } from './pages';
import { useTexts } from './texts';

/** Everything: the sign-in page for who is not signed in, else the page at this address. */
export function App() {
  return (
    <>
      <Shown />
      <Notices />
    </>
  );
}

function Shown() {
  const state = useSession();
  const texts = useTexts();
  if (state.is === 'asking') return null;
  if (state.is === 'unreachable') {
    return (
      <main className="lone">
        <p>{texts.unreachable}</p>
        <button type="button" className="button" onClick={() => void refreshSession()}>
          {texts.again}
        </button>
      </main>
    );
  }
  if (!state.session.user) return <SignIn demo={state.session.demo} />;
  return (
    <Layout key={state.session.user.id}>
      <Boundary>
        <Suspense fallback={<p className="lone">{texts.loading}</p>}>
          <Switch>
            {PAGES.map(({ path, Content }) => (
              <Route key={path} path={path}>
                <Content />
              </Route>
            ))}
            <Route>
              <div className="lone">
                <h1>{texts.missing}</h1>
                <Link href="/">{texts.home}</Link>
              </div>
            </Route>
          </Switch>
        </Suspense>
      </Boundary>
    </Layout>
  );
}
