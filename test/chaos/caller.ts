import { sleep } from '@gateway/runtime';
import type { Random } from './random.ts';

/** How a post of a message ended. */
export type PostEnd =
  | { kind: 'accepted'; jobId: string; messageId: number | null; at: number }
  /** For good: by the API, or by Telegram. */
  | { kind: 'refused'; why: string }
  /** It was given up; nobody knows whether it was accepted. */
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

/** ms for one answer: the longest wait that is asked for, and then some. */
const ANSWER_LIMIT = 15_000;

/** A caller as they should be: it posts under the same key, here and there, until it is told how that ended. */
export class Caller {
  readonly #urls: readonly string[];
  readonly #random: Random;

  constructor(urls: readonly string[], random: Random) {
    this.#urls = urls;
    this.#random = random;
  }

  /** `giveUp` ends the tries, not one that is under way. Never throws. */
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
    // The queue was lost in the middle of the request: repeating it under the same key tells.
    if (fieldOf(body, 'code') === 'QUEUE_UNAVAILABLE') return undefined;
    // Any other error with a job is the job's end. Without one it is about this request alone, and may pass.
    if (jobId === undefined && (status >= 500 || status === 429)) return undefined;
    return { kind: 'refused', why: `${status} ${JSON.stringify(body)}` };
  }
}

/** A field of an answer's body; `undefined` where the body has none. */
function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null
    ? Object.entries(body).find(([key]) => key === name)?.[1]
    : undefined;
}
