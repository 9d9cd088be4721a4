import { locale } from '../i18n/locale';
import { makeStore, useStore } from './store';

/** Who is signed in, as the server tells it. */
export interface Session {
  user: { id: string; name: string; email: string; role: 'ADMIN' | 'REGULAR' } | null;
  account: { name: string; currency: string } | null;
  csrfToken: string | null;
  demo: { account: string; email: string; name: string }[];
}

/** A session of which we know that somebody is signed in. */
export type SignedIn = Session & { user: NonNullable<Session['user']>; account: NonNullable<Session['account']> };

export type SessionState = { is: 'asking' } | { is: 'unreachable' } | { is: 'known'; session: Session };

/** What is known of the session. */
export const session = makeStore<SessionState>({ is: 'asking' });

/** What is known of the session, for a component. */
export function useSession(): SessionState {
  return useStore(session);
}

/** Who is signed in; only for what is inside the layout, where somebody is. */
export function useSignedIn(): SignedIn {
  const state = useStore(session);
  if (state.is !== 'known' || !state.session.user) throw new Error('Nobody is signed in here.');
  return state.session as SignedIn;
}

/** The header that proves that a write comes from our own page. */
export function csrfHeader(): Record<string, string> {
  const state = session.get();
  const token = state.is === 'known' ? state.session.csrfToken : null;
  return token ? { 'x-csrf-token': token } : {};
}

/** Asks the server who is signed in. */
export async function refreshSession(): Promise<void> {
  try {
    session.set({ is: 'known', session: await request('GET', '/session') });
  } catch {
    if (session.get().is !== 'known') session.set({ is: 'unreachable' });
  }
}

/** Signs in; throws what the server says where it refuses. */
export async function signIn(email: string, password: string): Promise<void> {
  session.set({ is: 'known', session: await request('POST', '/session', { email, password }) });
}

/** Signs in as somebody of the demo. */
export async function signInToDemo(email: string): Promise<void> {
  session.set({ is: 'known', session: await request('POST', '/session/demo', { email }) });
}

/** Signs out. */
export async function signOut(): Promise<void> {
  session.set({ is: 'known', session: await request('DELETE', '/session') });
}

async function request(method: string, path: string, body?: unknown): Promise<Session> {
  const response = await fetch(path, {
    method,
    headers: { 'content-type': 'application/json', 'accept-language': locale.get(), ...csrfHeader() },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.errors?.[0]?.message ?? `The server answered ${response.status}.`);
  return answer;
}
