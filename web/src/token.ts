// The API token of this tab. It is kept for the tab only, and never stays in the address.
const KEY = 'lejek.token';

/** The token of the address's fragment (`#token=…`), else the one this tab already has. */
export function readToken(): string {
  const given = new URLSearchParams(location.hash.replace(/^#\??/, '')).get('token');
  if (given) {
    keepToken(given);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return sessionStorage.getItem(KEY) ?? '';
}

/** Keeps a token until the tab closes. */
export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

/** Forgets the token. */
export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
}
