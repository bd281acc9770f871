import { GatewayApiError } from '@gateway/client';

/** A message that was posted to the gateway and is not acknowledged yet. */
interface Unsent {
  /** The form's content as JSON. */
  content: string;
  key: string;
}

/** Maximum number of stored messages per form. The oldest is dropped first. */
const MAX_STORED = 20;

/**
 * The Idempotency-Keys of the messages written in one form, in the tab's session storage. A key belongs to the content:
 * the same content sent again after an error, a second click or a reload is one message. A key is dropped once the
 * gateway has reported how that message ended.
 */
export class UnsentMessages<T> {
  readonly #name: string;

  /** @param form identifies the form and the account. */
  constructor(form: string) {
    this.#name = `gateway-unsent-${form}`;
  }

  /** The last message that was posted and may not have arrived; `null`: none. */
  get last(): T | null {
    const content = this.#read().at(-1)?.content;
    return content === undefined ? null : (JSON.parse(content) as T);
  }

  /** Posts the content to the gateway with its key. */
  async deliver<R>(content: T, send: (idempotencyKey: string) => Promise<R>): Promise<R> {
    const json = JSON.stringify(content);
    const known = this.#read().find((unsent) => unsent.content === json);
    const key = known?.key ?? newKey();
    this.#write([...this.#without(json), { content: json, key }]);
    try {
      const result = await send(key);
      this.#write(this.#without(json));
      return result;
    } catch (error) {
      if (isEnd(error)) this.#write(this.#without(json));
      throw error;
    }
  }

  #without(content: string): Unsent[] {
    return this.#read().filter((unsent) => unsent.content !== content);
  }

  #read(): Unsent[] {
    try {
      return JSON.parse(sessionStorage.getItem(this.#name) ?? '[]') as Unsent[];
    } catch {
      return [];
    }
  }

  #write(unsent: readonly Unsent[]): void {
    if (unsent.length === 0) sessionStorage.removeItem(this.#name);
    else sessionStorage.setItem(this.#name, JSON.stringify(unsent.slice(-MAX_STORED)));
  }
}

/**
 * Whether the error is final: the job has ended, and the same key would return the same result. An unreachable queue is
 * not final.
 */
function isEnd(error: unknown): boolean {
  return error instanceof GatewayApiError && error.jobId !== null && error.code !== 'QUEUE_UNAVAILABLE';
}

/** Not `randomUUID`, which browsers provide on https pages only. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
