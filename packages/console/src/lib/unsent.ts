import { GatewayApiError } from '@gateway/client';

/** A message that was given to the gateway, which has not said yet whether it took it. */
interface Unsent {
  /** JSON of what the form held. */
  content: string;
  key: string;
}

/** Messages of one form that are remembered; with more, the oldest is forgotten. */
const MOST = 20;

/**
 * The Idempotency-Keys of what was written in one form, kept in the tab's session storage. A key belongs to the content: the same content under it,
 * after an error, a second press or a reload, is one message. It is forgotten once the gateway has said how that message ended.
 */
export class UnsentMessages<T> {
  readonly #name: string;

  /** @param form tells forms apart, and accounts within a form. */
  constructor(form: string) {
    this.#name = `gateway-unsent-${form}`;
  }

  /** What was given to the gateway last and may not have arrived; `null`: nothing. */
  get last(): T | null {
    const content = this.#read().at(-1)?.content;
    return content === undefined ? null : (JSON.parse(content) as T);
  }

  /** Gives the content to the gateway, under its key. */
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
    else sessionStorage.setItem(this.#name, JSON.stringify(unsent.slice(-MOST)));
  }
}

/** Whether the message ended: its job did, and the same key would only be told so again. A queue that could not say is no end. */
function isEnd(error: unknown): boolean {
  return error instanceof GatewayApiError && error.jobId !== null && error.code !== 'QUEUE_UNAVAILABLE';
}

/** Not `randomUUID`: browsers have that on https pages only. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
