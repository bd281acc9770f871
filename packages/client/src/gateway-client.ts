import type { PaceChoice } from '@gateway/contracts';
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
import { ifNotBegun, never, repeatable, underOneKey } from './retry.ts';
import { Transport, type Call } from './transport.ts';
import type {
  AccountAnswer,
  AccountStateAnswer,
  AccountStatus,
  BatchAnswer,
  CallOptions,
  CodeSentAnswer,
  EndedJob,
  ExportAnswer,
  Health,
  ImportAnswer,
  Job,
  Message,
  PaceAnswer,
  SendOutcome,
  VerifyAnswer,
  VerifyAnswers,
} from './types.ts';

export interface GatewayClientOptions {
  /** Such as `http://127.0.0.1:3000`; a path in front of the gateway's own is fine. */
  baseUrl: string;
  /** Sent as `Authorization: Bearer …`. */
  apiKey?: string | undefined;
  /** Default: the global one. */
  fetch?: typeof fetch | undefined;
  /** ms for each try. Default: 75 000, longer than the gateway makes any caller wait. */
  timeoutMs?: number | undefined;
  /** How often a call is made again at most, where that is safe. Default: 3. */
  retries?: number | undefined;
  /** ms before the first of these; twice as long each time, less chance. Default: 500. */
  backoffMs?: number | undefined;
}

export interface IdempotencyOptions extends CallOptions {
  /**
   * 1 to 200 printable ASCII characters: what is sent again under it is the same message. Default: a new one for each call, so that retries
   * within the call make one message.
   */
  idempotencyKey?: string | undefined;
}

export interface SendOptions extends IdempotencyOptions {
  /** Whole seconds that the gateway waits for the message to be out, at most 60. Default: the gateway's (10). */
  wait?: number | undefined;
  /** Answered as soon as it is queued; with `wait`, as soon as that is over. */
  respondAsync?: boolean | undefined;
}

/**
 * A caller of the gateway. Runs in Node and in browsers, with no dependency.
 *
 * Every call throws {@link GatewayApiError} where the gateway refuses, {@link GatewayConnectionError} where no answer comes, and the reason of
 * its `signal` where that is aborted. Made again, with growing waits and as `Retry-After` says: reading calls, cancels and sends (which carry
 * an Idempotency-Key) on network errors, 429, 502, 503 and 504; sign-in and account calls only where the gateway says that nothing has begun.
 */
export class GatewayClient {
  readonly auth: SignIn;
  readonly accounts: Accounts;
  readonly #transport: Transport;
  readonly #retrying: { retries: number; backoffMs: number };

  /** @throws {TypeError} where `baseUrl` is no http(s) URL. */
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
  }

  /** @param options `live`: Telegram is asked first. */
  status(userId: string, { live, signal }: CallOptions & { live?: boolean } = {}): Promise<AccountStatus> {
    const path = `/telegram/user/status/${encodeURIComponent(userId)}${live === true ? '?live=true' : ''}`;
    return this.#transport.json({ method: 'GET', path, retry: repeatable, signal });
  }

  /** Logs out and forgets the account; with `logout: false` only its connection is closed. */
  disconnect(
    userId: string,
    { logout = true, ...options }: CallOptions & { logout?: boolean } = {},
  ): Promise<AccountAnswer> {
    return this.#transport.json(step('disconnect', { user_id: userId, logout }, options));
  }

  /** Holds the account's sends, in order. */
  pause(userId: string, options: CallOptions = {}): Promise<AccountStateAnswer> {
    return this.#transport.json(step('pause', { user_id: userId }, options));
  }

  /**
   * Imports a session: a string session of GramJS, Telethon, Pyrogram or mtcute, a session file of Telethon, Pyrogram
   * or mtcute in base64, or a backup with its passphrase.
   * Nobody else may use it any more: two at a time, and Telegram ends it.
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

  /** A backup sealed by a passphrase of 12 characters or more; `detach`: it is to be used elsewhere, and the account stops here. */
  exportSession(
    userId: string,
    passphrase: string,
    { detach = false, ...options }: CallOptions & { detach?: boolean } = {},
  ): Promise<ExportAnswer> {
    return this.#transport.json(step('export', { user_id: userId, passphrase, detach }, options));
  }

  /** Lets an account go on that was stopped by PEER_FLOOD, a freeze or a pause. */
  resume(userId: string, options: CallOptions = {}): Promise<AccountStateAnswer> {
    return this.#transport.json(step('resume', { user_id: userId }, options));
  }

  /** Gives the account a pace of its own; `null`: the gateway's again. */
  pace(userId: string, pace: PaceChoice | null, options: CallOptions = {}): Promise<PaceAnswer> {
    return this.#transport.json(step('pace', { user_id: userId, pace }, options));
  }

  /** @returns the message's id, or the job that it waits as: `status` tells which. */
  send(
    message: Message,
    { idempotencyKey = newKey(), wait, respondAsync, signal }: SendOptions = {},
  ): Promise<SendOutcome> {
    const prefer = [
      ...(respondAsync === true ? ['respond-async'] : []),
      ...(wait === undefined ? [] : [`wait=${wait}`]),
    ].join(', ');
    return this.#transport.json({
      method: 'POST',
      path: '/telegram/user/send',
      body: message,
      headers: { 'Idempotency-Key': idempotencyKey, ...(prefer !== '' && { Prefer: prefer }) },
      retry: underOneKey,
      signal,
    });
  }

  /** Up to 1,000 messages, 256 KiB in all. Each is accepted or refused by itself: look at each of `jobs`. */
  sendBatch(
    messages: readonly Message[],
    { idempotencyKey = newKey(), signal }: IdempotencyOptions = {},
  ): Promise<BatchAnswer> {
    return this.#transport.json({
      method: 'POST',
      path: '/telegram/user/send/batch',
      body: { messages },
      headers: { 'Idempotency-Key': idempotencyKey },
      retry: underOneKey,
      signal,
    });
  }

  /** @param options `wait`: seconds (at most 60) that the gateway waits for the job's end before it answers. */
  job(jobId: string, options: CallOptions & { wait?: number } = {}): Promise<Job> {
    return readJob(this.#transport, jobId, options);
  }

  /**
   * Waits until the job has ended, well or not: look at its `state`.
   * @throws {JobTimeoutError} where `timeoutMs` is over first. The job goes on.
   */
  waitForJob(jobId: string, options: WaitForJobOptions = {}): Promise<EndedJob> {
    return waitForJob(this.#transport, jobId, options);
  }

  /**
   * The job as it stands, and again at each change; ends with its end. Connects again where the stream breaks off, and goes on after the last
   * change that it has told; throws where that fails `retries` times in a row.
   */
  jobEvents(jobId: string, options: CallOptions = {}): AsyncGenerator<Job> {
    return jobEvents(this.#transport, jobId, this.#retrying, options);
  }

  /** Takes back what has not gone out. @throws {GatewayApiError} `TOO_LATE` */
  cancel(jobId: string, { signal }: CallOptions = {}): Promise<Job> {
    return this.#transport.json({ method: 'DELETE', path: pathOf(jobId), retry: repeatable, signal });
  }

  /** Has a send that has failed tried again, under its own id. @throws {GatewayApiError} `TOO_LATE` */
  retry(jobId: string, { signal }: CallOptions = {}): Promise<Job> {
    return this.#transport.json({
      method: 'POST',
      path: `${pathOf(jobId)}/retry`,
      retry: ifNotBegun,
      signal,
    });
  }

  /**
   * Has the assistant write, and its reply sent where the request says so. Leaving the loop hangs up. Never made again by itself: another try
   * would be another reply. @throws {GatewayConnectionError} where it breaks off before `done` or `error`.
   */
  streamMessage(
    request: MessageStreamRequest,
    options: MessageStreamOptions = {},
  ): AsyncGenerator<MessageStreamEvent> {
    return streamMessage(this.#transport, request, options);
  }

  /** Whether the gateway can do its work. @throws {GatewayConnectionError} where it is not there at all. */
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

/** Signing an account in, by a code: start, (resend), verify; or by a scan: startQr, watchQr, (verify). Or cancel. */
export class SignIn {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Has Telegram send a code. @param phoneNumber E.164, such as `+79991234567` */
  start(userId: string, phoneNumber: string, options: CallOptions = {}): Promise<CodeSentAnswer> {
    const body = { user_id: userId, phone_number: phoneNumber };
    return this.#transport.json(step('auth/start', body, options));
  }

  /** Has the code sent by the next way (`next_delivery`). */
  resend(userId: string, options: CallOptions = {}): Promise<CodeSentAnswer> {
    return this.#transport.json(step('auth/resend', { user_id: userId }, options));
  }

  /** The QR code to show; a sign-in by code that is under way is given up. A scan signs in by itself. */
  startQr(userId: string, options: CallOptions = {}): Promise<QrAnswer> {
    return this.#transport.json(step('auth/qr', { user_id: userId }, options));
  }

  /**
   * Each fresh code of the QR sign-in under way, and how it ends. Watching again after it broke off is safe.
   * @throws {GatewayConnectionError} where it breaks off. @throws {GatewayApiError} `AUTH_NOT_STARTED`
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
  return { method: 'POST', path: `/telegram/user/${name}`, body, retry: ifNotBegun, signal };
}

/** Not `randomUUID`: browsers have that on https pages only. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
