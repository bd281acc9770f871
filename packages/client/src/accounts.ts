import { download, type Download } from './download.ts';
import { GatewayApiError, GatewayConnectionError, objectOf, streamedErrorOf } from './errors.ts';
import { queryOf } from './query.ts';
import { never, repeatable, sleep, waitBefore } from './retry.ts';
import type { Transport } from './transport.ts';
import type {
  AccountChange,
  AccountPage,
  AccountSort,
  AccountState,
  CallOptions,
  ChatPage,
  ContactPage,
  FailurePage,
  HistoryAnswer,
  MessagePage,
  OutgoingMessage,
  PhonesAnswer,
  PreviewAnswer,
  ResolveAnswer,
  SendListsAnswer,
} from './types.ts';

export interface AccountQuery extends CallOptions {
  /** Part of a user_id, name, username or phone number, case-insensitive. */
  q?: string | undefined;
  state?: AccountState | undefined;
  /** Whether a person has to act before the account sends. */
  needs_attention?: boolean | undefined;
  /** Whether it has messages that are not sent yet. */
  has_waiting?: boolean | undefined;
  /**
   * `state`: accounts that need a person, those that wait or are held, the others; `queue`: the longest queue first,
   * some seconds old. By default `name`.
   */
  sort?: AccountSort | undefined;
  /** `next` of the previous page. */
  after?: string | undefined;
  /** 1 to 500. */
  limit?: number | undefined;
}

export interface FailureQuery extends CallOptions {
  /** Part of a user_id, name, username or phone number, case-insensitive. */
  q?: string | undefined;
  /** 1 to 100; 50 by default. */
  limit?: number | undefined;
  /** `next` of the previous page. */
  before?: string | undefined;
}

/** A page of a list that is read at Telegram. */
export interface PageQuery extends CallOptions {
  /** 1 to 100; 20 by default. */
  limit?: number | undefined;
  /** `next` of the previous page; for messages also the id of one. */
  before?: string | number | undefined;
}

export interface MessageQuery extends PageQuery {
  /** Only messages after this id. */
  after?: number | undefined;
  /** Only messages with this text. */
  q?: string | undefined;
  /** Only messages of this forum topic. */
  topic_id?: number | undefined;
}

/** Read-only calls about accounts: lists, messages, history, previews and live changes. */
export class Accounts {
  readonly #transport: Transport;
  readonly #retrying: { retries: number; backoffMs: number };

  constructor(transport: Transport, retrying: { retries: number; backoffMs: number }) {
    this.#transport = transport;
    this.#retrying = retrying;
  }

  /** Lists the accounts that the API key may use, by default ordered by user_id. */
  list({ signal, ...query }: AccountQuery = {}): Promise<AccountPage> {
    return this.#get(`/telegram/accounts${queryOf({ ...query })}`, signal);
  }

  /** Failed messages of all accounts that the API key may use, the latest first. */
  failures({ signal, ...query }: FailureQuery = {}): Promise<FailurePage> {
    return this.#get(`/telegram/failures${queryOf({ ...query })}`, signal);
  }

  /** An account's pending and ended messages, at most `limit` (1 to 100) of each. */
  sends(userId: string, { limit, signal }: CallOptions & { limit?: number } = {}): Promise<SendListsAnswer> {
    return this.#get(`${pathOf(userId)}/sends${queryOf({ limit })}`, signal);
  }

  /** The account's chats at Telegram, the latest first. */
  chats(userId: string, { signal, ...query }: PageQuery = {}): Promise<ChatPage> {
    return this.#get(`${pathOf(userId)}/chats${queryOf({ ...query })}`, signal);
  }

  /** The messages of a chat at Telegram, the newest first. @param chat as `recipient_id` of a send. */
  messages(
    userId: string,
    chat: string | number,
    { signal, ...query }: MessageQuery = {},
  ): Promise<MessagePage> {
    const path = `${pathOf(userId)}/chats/${encodeURIComponent(chat)}/messages`;
    return this.#get(`${path}${queryOf({ ...query })}`, signal);
  }

  /** The account's contacts at Telegram. */
  contacts(userId: string, { signal, ...query }: PageQuery = {}): Promise<ContactPage> {
    return this.#get(`${pathOf(userId)}/contacts${queryOf({ ...query })}`, signal);
  }

  /** Tells who a recipient is. At most 50 look-ups a day and account. */
  resolve(userId: string, recipient: string | number, { signal }: CallOptions = {}): Promise<ResolveAnswer> {
    return this.#get(`${pathOf(userId)}/resolve${queryOf({ recipient_id: recipient })}`, signal);
  }

  /** Tells who has these phone numbers, at most 20, as far as Telegram says. */
  phones(userId: string, phones: readonly string[], { signal }: CallOptions = {}): Promise<PhonesAnswer> {
    const query = new URLSearchParams(phones.map((phone) => ['phone', phone])).toString();
    return this.#get(`${pathOf(userId)}/phones?${query}`, signal);
  }

  /**
   * Downloads a file of a message: `file_id` of its `media`. A download that breaks off goes on where it was.
   * @param options `size`: a thumbnail of at most 100, 320 or 800 pixels in place of the file.
   */
  download(
    userId: string,
    fileId: string,
    { size, signal }: CallOptions & { size?: 's' | 'm' | 'x' | undefined } = {},
  ): Promise<Download> {
    const path = `${pathOf(userId)}/files/${encodeURIComponent(fileId)}${queryOf({ size })}`;
    return download(this.#transport, path, this.#retrying, signal);
  }

  /** The account's statistics over the last `hours` (1 to 24). */
  history(userId: string, { hours, signal }: CallOptions & { hours?: number } = {}): Promise<HistoryAnswer> {
    return this.#get(`${pathOf(userId)}/history${queryOf({ hours })}`, signal);
  }

  /** The messages that a text would be formatted and split into. Sends nothing. */
  preview(
    text: Pick<OutgoingMessage, 'text' | 'parse_mode' | 'split'>,
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
   * Yields the account with its messages now, and again after each change. Never ends by itself.
   * Reconnects when the stream breaks off; throws once `retries` reconnects in a row have failed.
   */
  async *watch(
    userId: string,
    { limit, signal }: CallOptions & { limit?: number } = {},
  ): AsyncGenerator<AccountChange> {
    const { retries, backoffMs } = this.#retrying;
    let failures = 0;
    for (;;) {
      const failed = failures;
      try {
        const path = `${pathOf(userId)}/events${queryOf({ limit })}`;
        const stream = await this.#transport.stream({ method: 'GET', path, retry: never, signal });
        // An account that does not change may say nothing for days.
        failures = 0;
        for await (const { event, data } of stream?.events ?? []) {
          if (event === 'error') {
            failures = failed;
            throw streamedErrorOf(objectOf(data) ?? {});
          }
          // The cast relies on the gateway's contract.
          const change = event === 'account' ? (objectOf(data) as AccountChange | null) : null;
          if (change !== null) yield change;
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
