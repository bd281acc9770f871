import type { ActionName, RequestOf } from '@gateway/actions';
import type { EventFilter, PaceChoice, RepliesOnly } from '@gateway/contracts';
import { accountCall } from './account-call.ts';
import { Accounts } from './accounts.ts';
import { act, batch, checkBatch, type IdempotencyOptions, type SendOptions } from './actions.ts';
import type { BatchAnswer, BatchCheck, BatchItem, BatchMessage } from './batch-types.ts';
import { readHealth } from './health.ts';
import { jobEvents, pathOf, readJob, waitForJob, type WaitForJobOptions } from './jobs.ts';
import {
  streamMessage,
  type MessageStreamEvent,
  type MessageStreamOptions,
  type MessageStreamRequest,
} from './message-stream.ts';
import { ifNotStarted, repeatable } from './retry.ts';
import { SignIn } from './sign-in.ts';
import { Transport } from './transport.ts';
import type {
  AccountAnswer,
  AccountStateAnswer,
  AccountStatus,
  ActionOutcome,
  CallOptions,
  EndedJob,
  ExportAnswer,
  Health,
  ImportAnswer,
  Job,
  OutgoingMessage,
  PaceAnswer,
  ProxyAnswer,
  SendOutcome,
  StreamedEvent,
  TypingAnswer,
  TypingRequest,
  UploadAnswer,
  UploadOptions,
  SignInOptions,
} from './types.ts';
import { updates, type UpdatesOptions } from './updates.ts';
import { upload } from './upload.ts';
import { Webhooks } from './webhooks.ts';

export interface GatewayClientOptions {
  /** For example `http://127.0.0.1:3000`. May include a path prefix. */
  baseUrl: string;
  /** Sent as `Authorization: Bearer …`. */
  apiKey?: string | undefined;
  /** The language of the gateway's messages, as `Accept-Language` has it: `ru`, `ru, en;q=0.5`. Default: English. */
  language?: string | undefined;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch | undefined;
  /** ms for each attempt. Default: 75 000, longer than the gateway keeps any caller waiting. */
  timeoutMs?: number | undefined;
  /** Maximum number of retries of a call; only calls that are safe to repeat are retried. Default: 3. */
  retries?: number | undefined;
  /** ms before the first retry. Doubles with each retry and is shortened at random, by up to half. Default: 500. */
  backoffMs?: number | undefined;
}

/**
 * A client of the gateway. Runs in Node and in browsers, without dependencies.
 *
 * Every call throws {@link GatewayApiError} if the gateway refuses, {@link GatewayConnectionError} if no answer
 * arrives, and its `signal`'s reason if that is aborted.
 *
 * Retries back off exponentially and respect `Retry-After`. Reads, cancels, `receive` and sends (which carry an
 * Idempotency-Key) are retried on network errors, 429, 502, 503 and 504. Sign-in and other account calls are retried
 * only if the gateway reports that nothing has started.
 */
export class GatewayClient {
  readonly auth: SignIn;
  readonly accounts: Accounts;
  readonly webhooks: Webhooks;
  readonly #transport: Transport;
  readonly #retrying: { retries: number; backoffMs: number };

  /** @throws {TypeError} if `baseUrl` is not an http(s) URL. */
  constructor({
    baseUrl,
    apiKey,
    language,
    fetch = (...call) => globalThis.fetch(...call),
    timeoutMs = 75_000,
    retries = 3,
    backoffMs = 500,
  }: GatewayClientOptions) {
    this.#transport = new Transport({ baseUrl, apiKey, language, fetch, timeoutMs, retries, backoffMs });
    this.#retrying = { retries, backoffMs };
    this.auth = new SignIn(this.#transport);
    this.accounts = new Accounts(this.#transport, this.#retrying);
    this.webhooks = new Webhooks(this.#transport);
  }

  /** @param options `live`: the gateway checks with Telegram before it answers. */
  status(userId: string, { live, signal }: CallOptions & { live?: boolean } = {}): Promise<AccountStatus> {
    const path = `/telegram/user/status/${encodeURIComponent(userId)}${live === true ? '?live=true' : ''}`;
    return this.#transport.json({ method: 'GET', path, retry: repeatable, signal });
  }

  /** Logs out and deletes the account; with `logout: false` only closes its connection. */
  disconnect(
    userId: string,
    { logout = true, ...options }: CallOptions & { logout?: boolean } = {},
  ): Promise<AccountAnswer> {
    return this.#transport.json(accountCall('disconnect', { user_id: userId, logout }, options));
  }

  /** Holds the account's sends until {@link resume}. They keep their order. */
  pause(userId: string, options: CallOptions = {}): Promise<AccountStateAnswer> {
    return this.#transport.json(accountCall('pause', { user_id: userId }, options));
  }

  /**
   * Imports a session: a string session of GramJS, Telethon, Pyrogram or mtcute, a session file of Telethon, Pyrogram
   * or mtcute in base64, or a backup with its passphrase.
   * No other program may use the session afterwards: Telegram ends a session that two programs use at once.
   */
  importSession(
    userId: string,
    session: string,
    { passphrase, network, ...options }: SignInOptions & { passphrase?: string | undefined } = {},
  ): Promise<ImportAnswer> {
    const secret = passphrase === undefined ? {} : { passphrase };
    return this.#transport.json(
      accountCall('import', { user_id: userId, session, ...secret, ...network, exclusive: true }, options),
    );
  }

  /**
   * Exports a backup that is encrypted with a passphrase of 12 characters or more.
   * @param options `detach`: the session will be used elsewhere, so the account stops here.
   */
  exportSession(
    userId: string,
    passphrase: string,
    { detach = false, ...options }: CallOptions & { detach?: boolean } = {},
  ): Promise<ExportAnswer> {
    return this.#transport.json(accountCall('export', { user_id: userId, passphrase, detach }, options));
  }

  /**
   * Uploads a file for {@link send}. A stream is sent once; other bytes are sent again after an error that is worth a
   * retry.
   */
  upload(
    userId: string,
    file: Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
    options: UploadOptions = {},
  ): Promise<UploadAnswer> {
    return upload(this.#transport, userId, file, options);
  }

  /** Resumes an account that was stopped by PEER_FLOOD, a freeze or a pause. */
  resume(userId: string, options: CallOptions = {}): Promise<AccountStateAnswer> {
    return this.#transport.json(accountCall('resume', { user_id: userId }, options));
  }

  /**
   * Gives the account a proxy of its own (`socks5://user:password@host:port`, `http://…`, `mtproxy://secret@host:port`)
   * and connects it through that; `null`: as the gateway connects. `state: 'proxy_unreachable'`: it does not get
   * through, and the account's messages wait.
   */
  proxy(userId: string, proxy: string | null, options: CallOptions = {}): Promise<ProxyAnswer> {
    return this.#transport.json(accountCall('proxy', { user_id: userId, proxy }, options));
  }

  /** Sets the account's own pace; `null` restores the gateway's default. */
  pace(userId: string, pace: PaceChoice | null, options: CallOptions = {}): Promise<PaceAnswer> {
    return this.#transport.json(accountCall('pace', { user_id: userId, pace }, options));
  }

  /**
   * Lets the account write, in private chats, only to people who have written to it within so many hours; `false`: to
   * anybody. The account must receive.
   */
  repliesOnly(userId: string, rule: RepliesOnly | false, options: CallOptions = {}): Promise<PaceAnswer> {
    return this.#transport.json(accountCall('pace', { user_id: userId, replies_only: rule }, options));
  }

  /**
   * Turns receiving on or off for an account. `filter`: which events its sequence contains from now on; absent: as
   * before.
   */
  receive(
    userId: string,
    receiving: { enabled: boolean; filter?: EventFilter },
    options: CallOptions = {},
  ): Promise<AccountStatus> {
    const call = accountCall('receive', { user_id: userId, ...receiving }, options);
    return this.#transport.json({ ...call, retry: repeatable });
  }

  /** @returns the message's id (`status: 'ok'`), or the job that will send it (`status: 'queued'`). */
  send(message: OutgoingMessage, options: SendOptions = {}): Promise<SendOutcome> {
    return this.act('send', message, options);
  }

  /**
   * Runs an action of the API's catalogue, such as `message.edit`, with the fields of its request.
   * @returns its result (`status: 'ok'`), or the job that will run it (`status: 'queued'`).
   */
  act<N extends ActionName>(
    type: N,
    request: RequestOf<N>,
    options: SendOptions = {},
  ): Promise<ActionOutcome<N>> {
    return act(this.#transport, type, request, options);
  }

  /** Shows the account as typing in a chat. `shown: false`: the account, or the chat, has to wait. */
  typing(request: TypingRequest, { signal }: CallOptions = {}): Promise<TypingAnswer> {
    return this.#transport.json({
      method: 'POST',
      path: '/telegram/user/chat/typing',
      body: request,
      retry: ifNotStarted,
      signal,
    });
  }

  /** Enqueues up to 1,000 actions, 8 MiB in total. Each is accepted or refused separately: check each of `jobs`. */
  batch(actions: readonly BatchItem[], options: IdempotencyOptions = {}): Promise<BatchAnswer> {
    return batch(this.#transport, 'batch', { actions }, options);
  }

  /** Sends up to 1,000 messages, 8 MiB in total. Each is accepted or refused separately: check each of `jobs`. */
  sendBatch(messages: readonly BatchMessage[], options: IdempotencyOptions = {}): Promise<BatchAnswer> {
    return batch(this.#transport, 'send/batch', { messages }, options);
  }

  /**
   * Says what {@link sendBatch} would do with these messages now: which would be accepted, as how many messages, and
   * which would be held or refused, and why. Sends nothing.
   */
  checkSendBatch(messages: readonly BatchMessage[], options: IdempotencyOptions = {}): Promise<BatchCheck> {
    return checkBatch(this.#transport, 'send/batch', { messages }, options);
  }

  /** @param options `wait`: seconds (at most 60) that the gateway waits for the job to end before it answers. */
  job(jobId: string, options: CallOptions & { wait?: number } = {}): Promise<Job> {
    return readJob(this.#transport, jobId, options);
  }

  /**
   * Waits until the job has completed, failed or been cancelled: see its `state`.
   * @throws {JobTimeoutError} if `timeoutMs` elapses first. The job continues.
   */
  waitForJob(jobId: string, options: WaitForJobOptions = {}): Promise<EndedJob> {
    return waitForJob(this.#transport, jobId, options);
  }

  /**
   * Yields the job now, and again after each change, until the job ends. Reconnects when the stream breaks off and
   * continues after the last change it yielded; throws if more than `retries` connections in a row fail.
   */
  jobEvents(jobId: string, options: CallOptions = {}): AsyncGenerator<Job> {
    return jobEvents(this.#transport, jobId, this.#retrying, options);
  }

  /**
   * Yields the events of an account, each once and in order. Never ends by itself. Reconnects when the stream breaks
   * off, and goes on after the last event that it yielded; throws if more than `retries` connections in a row fail.
   * @throws {GatewayApiError} `RECEIVING_OFF`; `EVENTS_GONE` where the gateway no longer keeps the next event: `body`
   * has `oldest_seq`.
   */
  updates(userId: string, options: UpdatesOptions = {}): AsyncGenerator<StreamedEvent> {
    return updates(this.#transport, userId, this.#retrying, options);
  }

  /** Cancels a job that has not been sent yet. @throws {GatewayApiError} `TOO_LATE` */
  cancel(jobId: string, { signal }: CallOptions = {}): Promise<Job> {
    return this.#transport.json({ method: 'DELETE', path: pathOf(jobId), retry: repeatable, signal });
  }

  /** Retries a failed send under the same job id. @throws {GatewayApiError} `TOO_LATE` */
  retry(jobId: string, { signal }: CallOptions = {}): Promise<Job> {
    return this.#transport.json({
      method: 'POST',
      path: `${pathOf(jobId)}/retry`,
      retry: ifNotStarted,
      signal,
    });
  }

  /**
   * Streams the assistant's reply, and sends it if the request says so. Leaving the loop closes the connection.
   * Never retried: another attempt would produce another reply.
   * @throws {GatewayConnectionError} if the stream breaks off before `done` or `error`.
   */
  streamMessage(
    request: MessageStreamRequest,
    options: MessageStreamOptions = {},
  ): AsyncGenerator<MessageStreamEvent> {
    return streamMessage(this.#transport, request, options);
  }

  /** Whether the gateway is ready. @throws {GatewayConnectionError} if it does not answer at all. */
  health(options: CallOptions = {}): Promise<Health> {
    return readHealth(this.#transport, options);
  }
}
