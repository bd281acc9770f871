import type { UploadAnswer } from '@gateway/client';
import { text } from '@gateway/texts';
import { storedKey } from './gateway.ts';
import { readLocale } from './locale.ts';
import { ShownError } from './shown-error.ts';

/** Uploads a file. `fetch` reports no progress, so this uses a request that does. */
export function uploadFile(
  userId: string,
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<UploadAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ user_id: userId, ...(file.name !== '' && { file_name: file.name }) });
    request.open('POST', `/telegram/user/uploads?${query}`);
    const key = storedKey.read();
    if (key !== null) request.setRequestHeader('Authorization', `Bearer ${key}`);
    request.setRequestHeader('Accept-Language', readLocale());
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener('load', () => {
      const answer = answerIn(request.responseText);
      if (request.status === 201) resolve(answer as UploadAnswer);
      else reject(refusal(answer.message, request.status));
    });
    request.addEventListener('error', () =>
      reject(new ShownError(text('The gateway does not answer. Is it running?'))),
    );
    request.addEventListener('abort', () => reject(new ShownError(text('The upload was cancelled.'))));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

function refusal(message: string | undefined, status: number): Error {
  return message === undefined
    ? new ShownError(text('The server answered {status}.', { status }))
    : new Error(message);
}

/** The upload, or an error with its message. The cast relies on the gateway's contract. */
function answerIn(text: string): Partial<UploadAnswer> & { message?: string } {
  try {
    return JSON.parse(text) as Partial<UploadAnswer>;
  } catch {
    return {};
  }
}
