import { GatewayApiError, GatewayConnectionError, objectOf } from './errors.ts';
import { never, repeatable, sleep, waitBefore } from './retry.ts';
import type { Transport } from './transport.ts';
import type {
  AccountChange,
  AccountPage,
  CallOptions,
  HistoryAnswer,
  Message,
  PreviewAnswer,
  SendListsAnswer,
} from './types.ts';

export interface AccountQuery extends CallOptions {
  /** Part of a user_id. */
  q?: string | undefined;
  /** `next` of the page before. */
  after?: string | undefined;
  /** 1 to 500. */
  limit?: number | undefined;
}

/** Accounts, for who looks at them. */
export class Accounts {
  readonly #transport: Transport;
  readonly #retrying: { retries: number; backoffMs: number };

  constructor(transport: Transport, retrying: { retries: number; backoffMs: number }) {
    this.#transport = transport;
    this.#retrying = retrying;
  }

  /** The accounts that the key may use, by user_id. */
  list({ signal, ...query }: AccountQuery = {}): Promise<AccountPage> {
    return this.#get(`/telegram/accounts${queryOf({ ...query })}`, signal);
  }

  /** An account's messages: those under way and those that have ended, at most `limit` (1 to 100) of each. */
  sends(userId: string, { limit, signal }: CallOptions & { limit?: number } = {}): Promise<SendListsAnswer> {
    return this.#get(`${pathOf(userId)}/sends${queryOf({ limit })}`, signal);
  }

  /** How the last hours (1 to 24) went. */
  history(userId: string, { hours, signal }: CallOptions & { hours?: number } = {}): Promise<HistoryAnswer> {
    return this.#get(`${pathOf(userId)}/history${queryOf({ hours })}`, signal);
  }

  /** The messages that a text would go out as. Sends nothing. */
  preview(
    text: Pick<Message, 'text' | 'parse_mode' | 'split'>,
    { signal }: CallOptions = {},
  ): Promise<PreviewAnswer> {
    return this.#transport.json({
      method: 'POST',
      path: '/telegram/user/send/preview',
      body: text,
      retry: repeatable,
      signal,
    });
  }

  /**
   * The account and its messages as they stand, and again at each change, without end. Connects again where the stream breaks off; throws where
   * that fails `retries` times in a row.
   */
  async *watch(
    userId: string,
    { limit, signal }: CallOptions & { limit?: number } = {},
  ): AsyncGenerator<AccountChange> {
    const { retries, backoffMs } = this.#retrying;
    let failures = 0;
    for (;;) {
      try {
        const path = `${pathOf(userId)}/events${queryOf({ limit })}`;
        const stream = await this.#transport.stream({ method: 'GET', path, retry: never, signal });
        for await (const { event, data } of stream?.events ?? []) {
          // The shape is the gateway's contract.
          const change = event === 'account' ? (objectOf(data) as AccountChange | null) : null;
          if (change === null) continue;
          failures = 0;
          yield change;
        }
      } catch (error) {
        const isOurs = error instanceof GatewayApiError || error instanceof GatewayConnectionError;
        if (!isOurs || !repeatable(error) || failures >= retries) throw error;
      }
      failures += 1;
      await sleep(waitBefore(failures, backoffMs, null, Math.random()) ?? backoffMs, signal);
    }
  }

  #get<T>(path: string, signal: AbortSignal | undefined): Promise<T> {
    return this.#transport.json({ method: 'GET', path, retry: repeatable, signal });
  }
}

function pathOf(userId: string): string {
  return `/telegram/accounts/${encodeURIComponent(userId)}`;
}

function queryOf(query: Record<string, string | number | undefined>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}
