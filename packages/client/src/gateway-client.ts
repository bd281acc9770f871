import type { ActionName, RequestOf } from '@gateway/actions';
import type { EventFilter, PaceChoice, RepliesOnly } from '@gateway/contracts';
import { Accounts } from './accounts.ts';
import { GatewayApiError } from './errors.ts';
import { jobEvents, pathOf, readJob, waitForJob, type WaitForJobOptions } from './jobs.ts';
import {
  streamMessage,
  type MessageStreamEvent,
  type MessageStreamOptions,
  type MessageStreamRequest,
} from './message-stream.ts';
import { qrEvents, type QrAnswer, type QrEvent } from './qr.ts';
import { ifNotStarted, never, repeatable, withIdempotencyKey } from './retry.ts';
import { Transport, type Call } from './transport.ts';
import type {
  AccountAnswer,
  AccountStateAnswer,
  AccountStatus,
  ActionOutcome,
  BatchAnswer,
  BatchItem,
  CallOptions,
  CodeSentAnswer,
  EndedJob,
  ExportAnswer,
  Health,
  ImportAnswer,
  Job,
  OutgoingMessage,
  PaceAnswer,
  SendOutcome,
  StreamedEvent,
  TypingAnswer,
  TypingRequest,
  UploadAnswer,
  UploadOptions,
  VerifyAnswer,
  VerifyAnswers,
} from './types.ts';
import { updates, type UpdatesOptions } from './updates.ts';
import { Webhooks } from './webhooks.ts';

/** ms that an upload may take, by default. */
const UPLOAD_MS = 3_600_000;

export interface GatewayClientOptions {
  /** For example `http://127.0.0.1:3000`. May include a path prefix. */
  baseUrl: string;
  /** Sent as `Authorization: Bearer …`. */
  apiKey?: string | undefined;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch | undefined;
  /** ms for each attempt. Default: 75 000, longer than the gateway keeps any caller waiting. */
  timeoutMs?: number | undefined;
  /** Maximum number of retries of a call; only calls that are safe to repeat are retried. Default: 3. */
  retries?: number | undefined;
  /** ms before the first retry. Doubles with each retry and is shortened at random, by up to half. Default: 500. */
  backoffMs?: number | undefined;
}

export interface IdempotencyOptions extends CallOptions {
  /**
   * 1 to 200 printable ASCII characters. Sends with the same key are the same message.
   * Default: a new key for each call, so that the retries within one call send one message.
   */
  idempotencyKey?: string | undefined;
}

export interface SendOptions extends IdempotencyOptions {
  /** Whole seconds, at most 60, that the gateway waits for the message to be sent. Default: the gateway's (10). */
  wait?: number | undefined;
  /** The gateway answers as soon as the message is enqueued or, with `wait`, after at most that time. */
  respondAsync?: boolean | undefined;
}

/**
 * A client of the gateway. Runs in Node and in browsers, without dependencies.
 *
 * Every call throws {@link GatewayApiError} if the gateway refuses, {@link GatewayConnectionError} if no answer
 * arrives, and its `signal`'s reason if that is aborted.
 *
 * Retries back off exponentially and respect `Retry-After`. Reads, cancels and sends (which carry an Idempotency-Key)
 * are retried on network errors, 429, 502, 503 and 504. Sign-in and account calls are retried only if the gateway
 * reports that nothing has started.
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
    fetch = (...call) => globalThis.fetch(...call),
    timeoutMs = 75_000,
    retries = 3,
    backoffMs = 500,
  }: GatewayClientOptions) {
    this.#transport = new Transport({ baseUrl, apiKey, fetch, timeoutMs, retries, backoffMs });
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
    return this.#transport.json(step('disconnect', { user_id: userId, logout }, options));
  }

  /** Holds the account's sends until {@link resume}. They keep their order. */
  pause(userId: string, options: CallOptions = {}): Promise<AccountStateAnswer> {
    return this.#transport.json(step('pause', { user_id: userId }, options));
  }

  /**
   * Imports a session: a string session of GramJS, Telethon, Pyrogram or mtcute, a session file of Telethon, Pyrogram
   * or mtcute in base64, or a backup with its passphrase.
   * No other program may use the session afterwards: Telegram ends a session that two programs use at once.
   */
  importSession(
    userId: string,
    session: string,
    { passphrase, ...options }: CallOptions & { passphrase?: string | undefined } = {},
  ): Promise<ImportAnswer> {
    const secret = passphrase === undefined ? {} : { passphrase };
    return this.#transport.json(
      step('import', { user_id: userId, session, ...secret, exclusive: true }, options),
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
    return this.#transport.json(step('export', { user_id: userId, passphrase, detach }, options));
  }

  /**
   * Uploads a file for {@link send}. A stream is sent once; other bytes are sent again after an error that is worth a
   * retry.
   */
  upload(
    userId: string,
    file: Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
    { fileName, contentType, signal, timeoutMs = UPLOAD_MS }: UploadOptions = {},
  ): Promise<UploadAnswer> {
    const query = new URLSearchParams({
      user_id: userId,
      ...(fileName !== undefined && { file_name: fileName }),
    });
    const type = contentType ?? (file instanceof Blob && file.type !== '' ? file.type : undefined);
    return this.#transport.json({
      method: 'POST',
      path: `/telegram/user/uploads?${query}`,
      bytes: file,
      headers: { 'Content-Type': type ?? 'application/octet-stream' },
      retry: file instanceof ReadableStream ? never : repeatable,
      signal,
      timeoutMs,
    });
  }

  /** Resumes an account that was stopped by PEER_FLOOD, a freeze or a pause. */
  resume(userId: string, options: CallOptions = {}): Promise<AccountStateAnswer> {
    return this.#transport.json(step('resume', { user_id: userId }, options));
  }

  /** Sets the account's own pace; `null` restores the gateway's default. */
  pace(userId: string, pace: PaceChoice | null, options: CallOptions = {}): Promise<PaceAnswer> {
    return this.#transport.json(step('pace', { user_id: userId, pace }, options));
  }

  /**
   * Lets the account write, in private chats, only to people who have written to it within so many hours; `false`: to
   * anybody. The account must receive.
   */
  repliesOnly(userId: string, rule: RepliesOnly | false, options: CallOptions = {}): Promise<PaceAnswer> {
    return this.#transport.json(step('pace', { user_id: userId, replies_only: rule }, options));
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
    return this.#transport.json(step('receive', { user_id: userId, ...receiving }, options));
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
    { idempotencyKey = newKey(), wait, respondAsync, signal }: SendOptions = {},
  ): Promise<ActionOutcome<N>> {
    const prefer = [
      ...(respondAsync === true ? ['respond-async'] : []),
      ...(wait === undefined ? [] : [`wait=${wait}`]),
    ].join(', ');
    return this.#transport.json({
      method: 'POST',
      path: `/telegram/user/${type.replace('.', '/')}`,
      body: request,
      headers: { 'Idempotency-Key': idempotencyKey, ...(prefer !== '' && { Prefer: prefer }) },
      retry: withIdempotencyKey,
      signal,
      fromHeaders: (headers) => (headers.get('Idempotent-Replayed') === 'true' ? { repeated: true } : {}),
    });
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
  batch(
    actions: readonly BatchItem[],
    { idempotencyKey = newKey(), signal }: IdempotencyOptions = {},
  ): Promise<BatchAnswer> {
    return this.#transport.json({
      method: 'POST',
      path: '/telegram/user/batch',
      body: { actions },
      headers: { 'Idempotency-Key': idempotencyKey },
      retry: withIdempotencyKey,
      signal,
    });
  }

  /** Sends up to 1,000 messages, 8 MiB in total. Each is accepted or refused separately: check each of `jobs`. */
  sendBatch(
    messages: readonly OutgoingMessage[],
    { idempotencyKey = newKey(), signal }: IdempotencyOptions = {},
  ): Promise<BatchAnswer> {
    return this.#transport.json({
      method: 'POST',
      path: '/telegram/user/send/batch',
      body: { messages },
      headers: { 'Idempotency-Key': idempotencyKey },
      retry: withIdempotencyKey,
      signal,
    });
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
  async health({ signal }: CallOptions = {}): Promise<Health> {
    try {
      await this.#transport.json({ method: 'GET', path: '/readyz', retry: never, signal });
      return { ready: true, reason: null };
    } catch (error) {
      if (!(error instanceof GatewayApiError) || error.status !== 503) throw error;
      return { ready: false, reason: error.message };
    }
  }
}

/**
 * Signs an account in. By code: start, optionally resend, verify. By QR code: startQr, watchQr, and verify if the
 * account has a password. `cancel` ends either.
 */
export class SignIn {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Asks Telegram to send a code. @param phoneNumber E.164, such as `+79991234567` */
  start(userId: string, phoneNumber: string, options: CallOptions = {}): Promise<CodeSentAnswer> {
    const body = { user_id: userId, phone_number: phoneNumber };
    return this.#transport.json(step('auth/start', body, options));
  }

  /** Asks Telegram to send the code again, by the next channel (`next_delivery`). */
  resend(userId: string, options: CallOptions = {}): Promise<CodeSentAnswer> {
    return this.#transport.json(step('auth/resend', { user_id: userId }, options));
  }

  /**
   * Starts a sign-in by QR code and returns the code to show. Cancels an unfinished sign-in by code.
   * A scan needs no further call, unless the account has a password.
   */
  startQr(userId: string, options: CallOptions = {}): Promise<QrAnswer> {
    return this.#transport.json(step('auth/qr', { user_id: userId }, options));
  }

  /**
   * Yields each new code of the current QR sign-in, then its result. Call it again after the stream closed early.
   * @throws {GatewayConnectionError} if the stream breaks off. @throws {GatewayApiError} `AUTH_NOT_STARTED`
   */
  watchQr(userId: string, options: CallOptions = {}): AsyncGenerator<QrEvent> {
    return qrEvents(this.#transport, userId, options);
  }

  verify(userId: string, answers: VerifyAnswers, options: CallOptions = {}): Promise<VerifyAnswer> {
    return this.#transport.json(step('auth/verify', { user_id: userId, ...answers }, options));
  }

  cancel(userId: string, options: CallOptions = {}): Promise<AccountAnswer> {
    return this.#transport.json(step('auth/cancel', { user_id: userId }, options));
  }
}

function step(name: string, body: unknown, { signal }: CallOptions): Call {
  return { method: 'POST', path: `/telegram/user/${name}`, body, retry: ifNotStarted, signal };
}

/** Does not use `randomUUID`: browsers offer that only on https pages. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
