import { sleep } from '@gateway/runtime';
import type { Random } from './random.ts';

/** The result of posting a job. */
export type PostEnd =
  | { kind: 'accepted'; jobId: string; messageId: number | null; at: number }
  /** Finally refused, by the API or by Telegram. */
  | { kind: 'refused'; why: string }
  /** It may or may not have taken effect, says the API: its job ended with an unknown outcome. */
  | { kind: 'unknown'; jobId: string; at: number }
  /** The caller gave up; it is unknown whether the message was accepted. */
  | { kind: 'undecided' };

type MessageChange = 'edit' | 'forward' | 'delete' | 'react' | 'pin' | 'unpin' | 'press';
type ChatChange = 'read' | 'join' | 'leave';

export interface Post {
  path: `/telegram/user/${'send' | `chat/${ChatChange}` | `message/${MessageChange}`}`;
  body: object;
  /** Its `Idempotency-Key`. */
  key: string;
  /** Its `Prefer`. */
  prefer: string;
}

/** ms to wait for one answer: longer than the longest requested wait. */
const ANSWER_LIMIT = 15_000;

/** An ideal caller: repeats a post with the same key, to any API, until it learns the result. */
export class Caller {
  readonly #urls: readonly string[];
  readonly #random: Random;

  constructor(urls: readonly string[], random: Random) {
    this.#urls = urls;
    this.#random = random;
  }

  /** `giveUp` stops further attempts, but not one in progress. Never throws. */
  async post(post: Post, giveUp: AbortSignal): Promise<PostEnd> {
    while (!giveUp.aborted) {
      const end = await this.#try(post);
      if (end !== undefined) return end;
      await sleep(this.#random.whole(50, 500), giveUp);
    }
    return { kind: 'undecided' };
  }

  /** Uploads a file, as often as it takes. @returns its `upload_id`; `null` after `giveUp`. Never throws. */
  async upload(userId: string, bytes: Uint8Array<ArrayBuffer>, giveUp: AbortSignal): Promise<string | null> {
    while (!giveUp.aborted) {
      try {
        const response = await fetch(
          `${this.#random.pick(this.#urls)}/telegram/user/uploads?user_id=${userId}`,
          { method: 'POST', body: bytes, signal: AbortSignal.timeout(ANSWER_LIMIT) },
        );
        const id = fieldOf(await response.json(), 'upload_id');
        if (typeof id === 'string') return id;
      } catch {
        // Without an answer, the upload may be there. It is unused then, and expires.
      }
      await sleep(this.#random.whole(50, 500), giveUp);
    }
    return null;
  }

  /** What a job has sent, by one read of the job; `null` if that is not known yet. */
  async resultOf(jobId: string): Promise<{ messageId: number; fileId: string | undefined } | null> {
    try {
      const response = await fetch(`${this.#random.pick(this.#urls)}/jobs/${jobId}`, {
        signal: AbortSignal.timeout(ANSWER_LIMIT),
      });
      const result = fieldOf(await response.json(), 'result');
      const messageId = fieldOf(result, 'message_id');
      const [media] = [fieldOf(result, 'media')].flat();
      const fileId = fieldOf(media, 'file_id');
      return typeof messageId === 'number'
        ? { messageId, fileId: typeof fileId === 'string' ? fileId : undefined }
        : null;
    } catch {
      return null;
    }
  }

  /**
   * Downloads a file, as often as it takes.
   * @returns its bytes, or why it is refused for good; `null` after `giveUp`. Never throws.
   */
  async download(userId: string, fileId: string, giveUp: AbortSignal): Promise<Uint8Array | string | null> {
    while (!giveUp.aborted) {
      try {
        const response = await fetch(
          `${this.#random.pick(this.#urls)}/telegram/accounts/${userId}/files/${fileId}`,
          { signal: AbortSignal.timeout(ANSWER_LIMIT) },
        );
        // A body that is cut off rejects here.
        if (response.status === 200) return new Uint8Array(await response.arrayBuffer());
        if (response.status < 500 && response.status !== 429)
          return `${response.status} ${await response.text()}`;
      } catch {
        // The API was killed, or is away.
      }
      await sleep(this.#random.whole(50, 500), giveUp);
    }
    return null;
  }

  async #try({ path, body: request, key, prefer }: Post): Promise<PostEnd | undefined> {
    let status: number;
    let body: unknown;
    try {
      const response = await fetch(`${this.#random.pick(this.#urls)}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key, prefer },
        body: JSON.stringify(request),
        signal: AbortSignal.timeout(ANSWER_LIMIT),
      });
      status = response.status;
      body = await response.json();
    } catch {
      return undefined;
    }
    const [jobId, messageId] = [fieldOf(body, 'job_id'), fieldOf(body, 'message_id')];
    if (status < 300 && typeof jobId === 'string')
      return {
        kind: 'accepted',
        jobId,
        messageId: typeof messageId === 'number' ? messageId : null,
        at: Date.now(),
      };
    // The queue was lost during the request. Repeating it with the same key finds the result.
    if (fieldOf(body, 'code') === 'QUEUE_UNAVAILABLE') return undefined;
    // Any other error with a job is that job's result. An error without a job concerns only this request and may be
    // temporary.
    if (jobId === undefined && (status >= 500 || status === 429 || status === 408)) return undefined;
    if (typeof jobId === 'string' && fieldOf(body, 'kind') === 'unknown_outcome')
      return { kind: 'unknown', jobId, at: Date.now() };
    return { kind: 'refused', why: `${status} ${JSON.stringify(body)}` };
  }
}

/** A field of an answer's body; `undefined` if it has none. */
function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null
    ? Object.entries(body).find(([key]) => key === name)?.[1]
    : undefined;
}
