import { locale } from '../i18n/locale';
import { type Document, textOf } from './graphql';
import { csrfHeader, refreshSession } from './session';

/** A request that brought no answer: the server was not reached, or did not take it. */
export class RequestFailed extends Error {
  constructor(
    message: string,
    /** True where the request may not have arrived at all, so that asking again can help. */
    readonly unreached: boolean,
    readonly code?: string,
  ) {
    super(message);
  }
}

/** What a write answers where it was refused; it says what is wrong, in the language of the page. */
export interface UserError {
  code: string;
  message: string;
  path: string[];
}

/** Sends a query or a mutation; throws RequestFailed where there is no data. */
export async function ask<Data, Variables>(
  document: Document<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  const { response, answer } = await post(JSON.stringify({ query: textOf(document), variables }), signal);
  if (response.status === 401) await refreshSession();
  if (answer?.data) return answer.data as Data;
  const error = answer?.errors?.[0];
  const message = error?.message ?? `${response.status} ${response.statusText}`;
  throw new RequestFailed(message, response.status >= 502 && response.status <= 504, error?.extensions?.code);
}

interface Answer {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string } }[];
}

async function post(body: string, signal?: AbortSignal): Promise<{ response: Response; answer?: Answer }> {
  const headers = { 'content-type': 'application/json', 'accept-language': locale.get(), ...csrfHeader() };
  try {
    const response = await fetch('/graphql', { method: 'POST', headers, body, signal });
    const isJson = response.headers.get('content-type')?.includes('json');
    return { response, answer: isJson ? await response.json() : undefined };
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new RequestFailed(String((error as Error).message), true);
  }
}
