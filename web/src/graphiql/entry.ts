/** What shows the server who asks. */
export interface Entry {
  headers: Record<string, string>;
  connectionParams?: Record<string, string>;
}

/** Comes in by an API token. */
export function byToken(token: string): Entry {
  const authorization = `Bearer ${token}`;
  return { headers: { authorization }, connectionParams: { authorization } };
}

/** Comes in as who is signed in on the board; undefined where nobody is. */
export async function bySession(): Promise<Entry | undefined> {
  const response = await fetch('/session');
  const { csrfToken }: { csrfToken?: string | null } = response.ok ? await response.json() : {};
  return csrfToken ? { headers: { 'x-csrf-token': csrfToken } } : undefined;
}
