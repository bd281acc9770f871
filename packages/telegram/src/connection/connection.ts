import type { AccountDevice, ProxyServer } from '@gateway/contracts';
import bigInt from 'big-integer';
import { RequestState } from 'telegram/network/RequestState.js';
import { Api } from 'telegram/tl/index.js';
import { AnswerLostError, KeyExchangeError, NotSentError } from '../errors/call-errors.ts';
import type { DataCenter } from '../types.ts';
import type { UpdateListener } from '../updates/update-listener.ts';
import { introducing } from './introduction.ts';
import { toOpeningError } from './opening-error.ts';
import { Pings } from './ping-times.ts';
import { Sender, Transport } from './sender.ts';

/** Interval in ms of the pings that check whether a connection still works. */
const PING_INTERVAL_MS = 60_000;
/** Seconds after the last ping at which Telegram closes the connection. */
const PING_DISCONNECT_DELAY_S = 150;
/**
 * The same for an account that receives. It is always connected, so a worker that freezes, or whose machine is lost,
 * leaves a connection. The next owner reads updates only once Telegram has closed that.
 */
const RECEIVING_PING_INTERVAL_MS = 12_000;
const RECEIVING_DISCONNECT_DELAY_S = 16;
/** ms after its last ping at which Telegram closes the connection of an account that receives. */
export const RECEIVING_DISCONNECT_MS = RECEIVING_DISCONNECT_DELAY_S * 1_000;

export interface ConnectionOptions {
  apiId: number;
  dataCenter: DataCenter;
  /** The data centres are those of TELEGRAM_DC. */
  isCustom: boolean;
  /** `undefined`: agree on a new key. */
  authKey: Buffer | undefined;
  /** Timeout in ms for one call. */
  callTimeoutMs: number;
  proxy?: ProxyServer | undefined;
  /** The proxy is the account's own, not that of TELEGRAM_PROXY. */
  isOwnProxy?: boolean;
  /** What to say in place of the defaults. */
  device?: AccountDevice;
  /** Returns false once nothing may be written any more. */
  mayTalk: () => boolean;
  /**
   * Called when a QR code of this key was scanned. Telegram reports that only after {@link Connection.callForUpdates}.
   */
  onLoginToken?: () => void;
  /** Interval in ms, 60,000 by default; tests shorten it. */
  pingIntervalMs?: number;
}

/**
 * One connection to one data centre under one auth key. It opens once, and is closed for good by {@link close}, by the
 * other side, or by a call that times out.
 * It never reconnects: its user checks {@link isUp} and creates another.
 *
 * It uses a bare {@link Sender} instead of GramJS's `TelegramClient` (the reasons are there). Calls go out as
 * `invokeWithoutUpdates` unless somebody listens to updates ({@link listen}, {@link callForUpdates}).
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #transport: Transport;
  readonly #underWay = new Set<(cause: Error) => void>();
  #sender: Sender | undefined;
  #isOpen = false;
  /** Whether `initConnection` was sent. */
  #isIntroduced = true;
  #down: Error | undefined;
  #pings: Pings | undefined;
  #listener: UpdateListener | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#transport = new Transport(options.dataCenter, options.proxy, options.mayTalk);
  }

  /**
   * Connects, agrees on a key if there is none, and sends `initConnection`. Resolves with Telegram's configuration,
   * which lists its data centres. After a failure nothing stays open.
   * @param timeoutMs limit for all of this together.
   * @throws {UnknownKeyError} if the server does not know the key, `RpcError` if it refuses `initConnection`, otherwise
   * {@link NotSentError}.
   */
  async open(timeoutMs: number): Promise<Api.Config> {
    try {
      const config = await this.#untilDown(this.#open(), timeoutMs, () => false);
      this.#assertNotDown();
      this.#isOpen = true;
      this.#startPings();
      return config;
    } catch (error) {
      await this.#goDown(new Error('It was never open', { cause: error }));
      throw toOpeningError(error, this.#options);
    }
  }

  /**
   * Connects for uploads and downloads, and asks nothing. The first calls carry `initConnection`.
   * @throws as {@link open}, but finds out only with the first call whether the server knows the key.
   */
  async openForTransfers(timeoutMs: number): Promise<void> {
    try {
      await this.#untilDown(this.#connect(), timeoutMs, () => false);
      this.#assertNotDown();
      this.#isIntroduced = false;
      this.#isOpen = true;
    } catch (error) {
      await this.#goDown(new Error('It was never open', { cause: error }));
      throw toOpeningError(error, this.#options);
    }
  }

  get isUp(): boolean {
    return this.#isOpen && this.#down === undefined;
  }

  /** The auth key in use; `undefined` until one is agreed upon. */
  get authKey(): Buffer | undefined {
    return this.#sender?.authKey.getKey();
  }

  /**
   * Passes on what Telegram pushes and answers from now on; `undefined` ends it. Telegram pushes after the next call.
   * The connection must be up.
   */
  listen(listener: UpdateListener | undefined): void {
    this.#listener = listener;
    this.#startPings();
    // Until the first ping, Telegram would keep the connection for longer.
    if (listener !== undefined) void this.#ping();
  }

  /**
   * Makes one call. Throws `RpcError`, {@link NotSentError} or {@link AnswerLostError}. The last means that the
   * connection broke (a transport error such as -404 included) or that `timeoutMs` passed, by default `callTimeoutMs`;
   * the connection is down then.
   */
  async call<R extends Api.AnyRequest>(request: R, timeoutMs?: number): Promise<R['__response']> {
    const listener = this.#listener;
    // GramJS parses the answer as the type that the request declares, but returns it as unknown.
    if (listener !== undefined) {
      const answer = await this.#invoke(request, timeoutMs);
      listener.answered(request, answer);
      return answer;
    }
    const query = new Api.InvokeWithoutUpdates({ query: request });
    if (this.#isIntroduced) return this.#invoke(query, timeoutMs);
    const answer = await this.#invoke(this.#introducing(query), timeoutMs);
    this.#isIntroduced = true;
    return answer;
  }

  /**
   * As {@link call}. Afterwards Telegram pushes updates on this connection, until the next call that is not a
   * `callForUpdates`.
   */
  async callForUpdates<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    return this.#invoke(request);
  }

  /** Closes the connection; pending calls fail. Never throws; a second call does nothing. */
  async close(): Promise<void> {
    await this.#goDown(new Error('The connection was closed here'));
  }

  async #open(): Promise<Api.Config> {
    await this.#connect();
    const config = await this.call(this.#introducing(new Api.help.GetConfig()));
    if (!(config instanceof Api.Config)) {
      throw new NotSentError('The server does not introduce itself as Telegram does');
    }
    return config;
  }

  async #connect(): Promise<void> {
    const { authKey, dataCenter } = this.#options;
    let trouble: unknown;
    const sender = await Sender.create(
      authKey,
      dataCenter.id,
      (cause) => void this.#goDown(cause),
      (error) => (trouble = error),
    );
    sender.onLoginToken = () => this.#options.onLoginToken?.();
    sender.onUpdates = (updates) => this.#listener?.pushed(updates);
    sender.onNewSession = () => this.#listener?.renewed();
    this.#sender = sender;
    // If the connection was closed meanwhile, nothing would close a socket opened now.
    this.#assertNotDown();
    if (!(await sender.connect(this.#transport, false))) {
      // The error that ended the transport is closer to the cause than GramJS's own.
      const cause = this.#transport.trouble ?? trouble;
      if (authKey === undefined) throw new KeyExchangeError('The key exchange failed', { cause });
      throw new NotSentError('Could not connect', { cause });
    }
  }

  #introducing(query: Api.AnyRequest) {
    return introducing(query, this.#options.apiId, this.#options.device);
  }

  async #invoke<R extends Api.AnyRequest>(
    request: R,
    timeoutMs = this.#options.callTimeoutMs,
  ): Promise<R['__response']> {
    const sender = this.#sender;
    this.#assertNotDown();
    if (sender === undefined) throw new NotSentError('Not connected');
    const state = new RequestState(request);
    sender.addStateToQueue(state);
    // GramJS assigns the message id when it packs the call for writing.
    const isWritten = () => state.msgId !== undefined;
    const answer = await this.#untilDown(Promise.resolve(state.promise), timeoutMs, isWritten);
    sender.forget(state);
    return answer;
  }

  /**
   * Settles when `work` does, or rejects when the connection goes down. If `work` takes longer than `ms`, the
   * connection is brought down.
   */
  #untilDown<T>(work: Promise<T>, ms: number, isWritten: () => boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      const abandon = (cause: Error) => settle(() => reject(asCallError(cause, isWritten())));
      const timer = setTimeout(() => void this.#goDown(this.#tooSlow(ms)), ms);
      const settle = (end: () => void) => {
        clearTimeout(timer);
        this.#underWay.delete(abandon);
        end();
      };
      this.#underWay.add(abandon);
      work.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }

  #startPings(): void {
    const usual = this.#listener === undefined ? PING_INTERVAL_MS : RECEIVING_PING_INTERVAL_MS;
    this.#pings?.stop();
    this.#pings = new Pings(this.#options.pingIntervalMs ?? usual, () => void this.#ping());
  }

  /** Detects a dead connection before the next send runs into it. */
  async #ping(): Promise<void> {
    const pingId = bigInt(Date.now());
    const disconnectDelay =
      this.#listener === undefined ? PING_DISCONNECT_DELAY_S : RECEIVING_DISCONNECT_DELAY_S;
    const ping = new Api.PingDelayDisconnect({ pingId, disconnectDelay });
    // A failed ping has already brought the connection down; nothing else is needed.
    await this.#invoke(ping).catch(() => {});
  }

  #tooSlow(ms: number): Error {
    return new Error(
      `${this.#transport.isConnected() ? 'no answer' : 'no connection'} within ${Math.round(ms)} ms`,
    );
  }

  #assertNotDown(): void {
    if (this.#down !== undefined) throw asCallError(this.#down, false);
  }

  async #goDown(cause: Error): Promise<void> {
    if (this.#down !== undefined) return;
    this.#down = cause;
    this.#pings?.stop();
    for (const abandon of this.#underWay) abandon(cause);
    this.#listener?.lost();
    this.#listener = undefined;
    await Promise.allSettled([this.#sender?.disconnect(), this.#transport.cut()]);
  }
}

function asCallError(cause: Error, isWritten: boolean): Error {
  const { message } = cause;
  return isWritten ? new AnswerLostError(message, { cause }) : new NotSentError(message, { cause });
}
