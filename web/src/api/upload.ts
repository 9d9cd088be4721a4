import { csrfHeader } from './session';

/** Sends a file as a request's body; `onProgress` is told the share that has arrived, 0 to 1. */
export function upload<Answer>(
  address: string,
  file: Blob,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much was sent
    request.open('POST', address);
    request.responseType = 'json';
    for (const [name, value] of Object.entries(csrfHeader())) request.setRequestHeader(name, value);
    request.upload.onprogress = event => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      if (request.status < 300) resolve(request.response as Answer);
      else reject(new Error(request.response?.errors?.[0]?.message ?? `The server answered ${request.status}.`));
    };
    request.onerror = () => reject(new Error('The server was not reached.'));
    request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'));
    signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
