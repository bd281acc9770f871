import bigInt from 'big-integer';
import { RequestState } from 'telegram/network/RequestState.js';
import { LAYER } from 'telegram/tl/AllTLObjects.js';
import { Api } from 'telegram/tl/index.js';
import { AnswerLostError, KeyExchangeError, NotSentError } from './call-errors.ts';
import { toOpeningError } from './opening-error.ts';
import { Pings } from './ping-times.ts';
import { Sender, Transport } from './sender.ts';
import type { DataCenter, Proxy } from './types.ts';

/** How often a connection is asked whether it still lives, ms. */
const PING_INTERVAL_MS = 60_000;
/** Telegram closes the connection itself so many seconds after the last ping. */
const PING_DISCONNECT_DELAY_S = 150;

export interface ConnectionOptions {
  apiId: number;
  dataCenter: DataCenter;
  /** The data centres are those of TELEGRAM_DC. */
  isCustom: boolean;
  /** `undefined`: a new key is agreed upon. */
  authKey: Buffer | undefined;
  /** ms for one call to be answered. */
  callTimeoutMs: number;
  proxy?: Proxy | undefined;
  /** False once nothing may be written any more. */
  mayTalk: () => boolean;
  /** Told when a QR code of this key was scanned; that comes only after {@link Connection.callForUpdates}. */
  onLoginToken?: () => void;
  /** ms; 60,000 unless a test cannot wait so long. */
  pingIntervalMs?: number;
}

/**
 * One connection to one data centre under one auth key: opened once, and closed for good by {@link close}, by
 * the other side, or by a call that stays unanswered. It never comes back by itself; whoever uses it looks at
 * {@link isUp} and makes another.
 *
 * Bare `Sender` instead of GramJS's `TelegramClient`: see there. Calls go out as `invokeWithoutUpdates`,
 * since nobody listens, save for those of {@link callForUpdates}.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #transport: Transport;
  readonly #underWay = new Set<(cause: Error) => void>();
  #sender: Sender | undefined;
  #isOpen = false;
  #down: Error | undefined;
  #pings: Pings | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#transport = new Transport(options.dataCenter, options.proxy, options.mayTalk);
  }

  /**
   * Connects, agrees on a key where there is none, and introduces itself; resolves with what Telegram says of
   * its data centres. Throws {@link UnknownKeyError} where the server says that it does not know the key,
   * `RpcError` where it refuses the introduction, or else {@link NotSentError}. After a failure nothing stays open.
   * `timeoutMs` is for all of it.
   */
  async open(timeoutMs: number): Promise<Api.Config> {
    try {
      const config = await this.#untilDown(this.#open(), timeoutMs, () => false);
      this.#assertNotDown();
      this.#isOpen = true;
      const { pingIntervalMs = PING_INTERVAL_MS } = this.#options;
      this.#pings = new Pings(pingIntervalMs, () => void this.#ping());
      return config;
    } catch (error) {
      await this.#goDown(new Error('It was never open', { cause: error }));
      throw toOpeningError(error, this.#options);
    }
  }

  get isUp(): boolean {
    return this.#isOpen && this.#down === undefined;
  }

  /** The key that the connection goes by; `undefined` until one is agreed upon. */
  get authKey(): Buffer | undefined {
    return this.#sender?.authKey.getKey();
  }

  /**
   * One call. Throws `RpcError`, {@link NotSentError}, or {@link AnswerLostError} when the connection breaks (a
   * transport error such as -404, too) or `callTimeoutMs` pass, after which the connection is down.
   */
  async call<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    // GramJS reads the answer as the type that the request declares, and gives it out as unknown.
    return this.#invoke(new Api.InvokeWithoutUpdates({ query: request }));
  }

  /** As {@link call}; after it Telegram pushes updates here, until the next other call. */
  async callForUpdates<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    return this.#invoke(request);
  }

  /** Ends the connection; what is under way fails. Never throws; a second time does nothing. */
  async close(): Promise<void> {
    await this.#goDown(new Error('The connection was closed here'));
  }

  async #open(): Promise<Api.Config> {
    const { apiId, authKey, dataCenter } = this.#options;
    let trouble: unknown;
    const sender = await Sender.create(
      authKey,
      dataCenter.id,
      (cause) => void this.#goDown(cause),
      (error) => (trouble = withoutOptions(error)),
    );
    sender.onLoginToken = () => this.#options.onLoginToken?.();
    this.#sender = sender;
    // It may have been closed meanwhile, and a socket made now would be nobody's.
    this.#assertNotDown();
    if (!(await sender.connect(this.#transport, false))) {
      // What ended the transport is closer to the cause than what GramJS makes of it.
      const cause = this.#transport.trouble ?? trouble;
      if (authKey === undefined) throw new KeyExchangeError('The key exchange failed', { cause });
      throw new NotSentError('Could not connect', { cause });
    }
    const initConnection = new Api.InitConnection({
      apiId,
      deviceModel: 'Unofficial Telegram User API gateway',
      systemVersion: `Node.js ${process.versions.node}`,
      appVersion: '0.1',
      systemLangCode: 'en',
      langPack: '',
      langCode: 'en',
      query: new Api.help.GetConfig(),
    });
    const config = await this.call(new Api.InvokeWithLayer({ layer: LAYER, query: initConnection }));
    if (!(config instanceof Api.Config)) {
      throw new NotSentError('The server does not introduce itself as Telegram does');
    }
    return config;
  }

  async #invoke<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    const sender = this.#sender;
    this.#assertNotDown();
    if (sender === undefined) throw new NotSentError('Not connected');
    const state = new RequestState(request);
    sender.addStateToQueue(state);
    // A message id is given when the call is packed to be written.
    const isWritten = () => state.msgId !== undefined;
    const answer = await this.#untilDown(
      Promise.resolve(state.promise),
      this.#options.callTimeoutMs,
      isWritten,
    );
    sender.forget(state);
    return answer;
  }

  /** The end of the work, or of the connection: no answer within `ms` brings it down. */
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

  /** A connection that died unseen is found out before the next send, not by it. */
  async #ping(): Promise<void> {
    const pingId = bigInt(Date.now());
    const ping = new Api.PingDelayDisconnect({ pingId, disconnectDelay: PING_DISCONNECT_DELAY_S });
    // A failure has brought the connection down already, and that is all it has to do.
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
    await Promise.allSettled([this.#sender?.disconnect(), this.#transport.cut()]);
  }
}

/** The proxy's errors carry what it was asked with, its password too. */
function withoutOptions(error: unknown): unknown {
  if (!(error instanceof Error) || !('options' in error)) return error;
  return new Error(`the proxy: ${error.message}`);
}

function asCallError(cause: Error, isWritten: boolean): Error {
  const { message } = cause;
  return isWritten ? new AnswerLostError(message, { cause }) : new NotSentError(message, { cause });
}
