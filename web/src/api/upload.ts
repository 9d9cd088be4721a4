/** How a file is sent: where to, and what goes with it. */
export interface Sending {
  method: 'POST' | 'PUT';
  address: string;
  headers?: Record<string, string>;
}

/** Sends a file as a request's body; `onProgress` is told the share that has left, 0 to 1. Answers what the server does. */
export function send(file: Blob, sending: Sending, onProgress: (share: number) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much was sent
    request.open(sending.method, sending.address);
    request.responseType = 'json';
    for (const [name, value] of Object.entries(sending.headers ?? {})) request.setRequestHeader(name, value);
    request.upload.onprogress = event => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      if (request.status < 300) resolve(request.response);
      else reject(new Error(request.response?.errors?.[0]?.message ?? `The server answered ${request.status}.`));
    };
    request.onerror = () => reject(new Error('The server was not reached.'));
    request.send(file);
  });
}
