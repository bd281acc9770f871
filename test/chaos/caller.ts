import { sleep } from '@gateway/runtime';
import type { Random } from './random.ts';

/** The result of posting a message. */
export type PostEnd =
  | { kind: 'accepted'; jobId: string; messageId: number | null; at: number }
  /** Finally refused, by the API or by Telegram. */
  | { kind: 'refused'; why: string }
  /** The caller gave up; it is unknown whether the message was accepted. */
  | { kind: 'undecided' };

export interface MessagePost {
  userId: string;
  recipient: string;
  text: string;
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
  async post(message: MessagePost, giveUp: AbortSignal): Promise<PostEnd> {
    while (!giveUp.aborted) {
      const end = await this.#try(message);
      if (end !== undefined) return end;
      await sleep(this.#random.whole(50, 500), giveUp);
    }
    return { kind: 'undecided' };
  }

  async #try({ userId, recipient, text, key, prefer }: MessagePost): Promise<PostEnd | undefined> {
    let status: number;
    let body: unknown;
    try {
      const response = await fetch(`${this.#random.pick(this.#urls)}/telegram/user/send`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key, prefer },
        body: JSON.stringify({ user_id: userId, recipient_id: recipient, text }),
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
    if (jobId === undefined && (status >= 500 || status === 429)) return undefined;
    return { kind: 'refused', why: `${status} ${JSON.stringify(body)}` };
  }
}

/** A field of an answer's body; `undefined` if it has none. */
function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null
    ? Object.entries(body).find(([key]) => key === name)?.[1]
    : undefined;
}
