import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from 'telegram/tl/index.js';
import type { Home, QrCaller } from '../caller.ts';
import {
  KeyExchangeError,
  MisconfiguredError,
  NotSentError,
  RpcError,
  UnknownKeyError,
} from '../errors/call-errors.ts';
import { toConnectFailure, toFailure } from '../errors/errors.ts';
import type { ClientOptions } from '../types.ts';
import type { UpdateListener } from '../updates/update-listener.ts';
import { Connection } from './connection.ts';
import type { DataCenters } from './data-centers.ts';

/** Key exchanges tried for one connection. One in 256 fails in GramJS, which drops a leading zero byte of the key. */
const MAX_KEY_EXCHANGES = 3;

/**
 * Pauses in ms before each repeated connection after the server did not know the key (-404).
 * Ending a session costs a person a sign-in, so three connections over 4 s must all say so. A server in trouble also
 * answers -404, but it is restarted or left by its balancer within seconds. More attempts would keep the callers of an
 * ended session waiting.
 */
const UNKNOWN_KEY_PAUSES_MS = [1_000, 3_000];

const NEEDS_INTRODUCTION = new Set(['CONNECTION_NOT_INITED', 'CONNECTION_LAYER_INVALID']);

/** Difference in ms between two clocks that is ignored. */
const CLOCK_TOLERANCE_MS = 3_000;

/**
 * Keeps one account connected, with one connection at a time. A call creates the connection if there is none; after a
 * failure the next call creates a new one from the same key.
 * It never repeats a call.
 */
export class AccountConnection implements QrCaller {
  readonly #options: ClientOptions;
  readonly #dataCenters: DataCenters;
  readonly #mayTalk: () => boolean;
  #home: Home;
  #current: Connection | undefined;
  #connecting: Promise<Connection> | undefined;
  readonly #closed = new AbortController();
  #clockAhead = 0;
  /** Called when a QR code that this account's key has shown was scanned. */
  onLoginToken: () => void = () => {};

  constructor(options: ClientOptions, dataCenters: DataCenters, home: Home, mayTalk: () => boolean) {
    this.#options = options;
    this.#mayTalk = mayTalk;
    this.#dataCenters = dataCenters;
    this.#home = home;
  }

  get home(): Readonly<Home> {
    return this.#home;
  }

  /** Connects unless already connected. Throws `TelegramFailure`. */
  async connect(): Promise<void> {
    await this.#connectedOrFailure();
  }

  async ask<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    return this.#on((connection) => connection.call(request), false);
  }

  async act<R extends Api.AnyRequest>(request: R, timeoutMs?: number): Promise<R['__response']> {
    return this.#on((connection) => connection.call(request, timeoutMs), true);
  }

  async actAndListen<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    return this.#on((connection) => connection.callForUpdates(request), true);
  }

  /**
   * Passes on the updates of the current connection from now on; `undefined` ends it. A later connection has no
   * listener.
   */
  listen(listener: UpdateListener | undefined): void {
    if (this.#current?.isUp === true) this.#current.listen(listener);
    else listener?.lost();
  }

  get clockAhead(): number {
    return this.#clockAhead;
  }

  /** Discards the connection and the key. The next call creates a new key, in this data centre or another. */
  async startOver(dcId: number = this.#home.dcId): Promise<void> {
    this.#home = { dcId, authKey: undefined };
    await this.#current?.close();
  }

  /** Continues with an earlier data centre and the key there. */
  async returnTo(home: Readonly<Home>): Promise<void> {
    this.#home = { ...home };
    await this.#current?.close();
  }

  /** Closes for good: pending and later calls fail. Never throws. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#current?.close();
  }

  async #on<T>(call: (connection: Connection) => Promise<T>, effect: boolean): Promise<T> {
    const connection = await this.#connectedOrFailure();
    try {
      return await call(connection);
    } catch (error) {
      // The server no longer knows our `initConnection`. Only a new connection sends it.
      if (error instanceof RpcError && NEEDS_INTRODUCTION.has(error.rpcName)) await connection.close();
      throw toFailure(error, effect);
    }
  }

  /** Any failure in here means that no call was sent. */
  async #connectedOrFailure(): Promise<Connection> {
    try {
      return await this.#connected();
    } catch (error) {
      const failure = toConnectFailure(error);
      if (failure.error.code === 'PROXY_UNREACHABLE') this.#options.onProxy?.(failure.error);
      throw failure;
    }
  }

  async #connected(): Promise<Connection> {
    if (this.#current?.isUp && this.#connecting === undefined) return this.#current;
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #open(): Promise<Connection> {
    const { connectTimeoutMs, unknownKeyPausesMs = UNKNOWN_KEY_PAUSES_MS } = this.#options;
    const deadline = performance.now() + connectTimeoutMs;
    const pauses = [...unknownKeyPausesMs];
    for (let exchanges = 1; ;) {
      try {
        return await this.#openOnce(Math.max(1, deadline - performance.now()));
      } catch (error) {
        if (this.#closed.signal.aborted) throw error;
        if (error instanceof UnknownKeyError) {
          const pause = pauses.shift();
          if (pause === undefined) throw error;
          await delay(pause, undefined, { signal: this.#closed.signal }).catch(() => {});
        } else if (!(error instanceof KeyExchangeError) || exchanges++ >= MAX_KEY_EXCHANGES) throw error;
      }
    }
  }

  async #openOnce(timeoutMs: number): Promise<Connection> {
    if (this.#closed.signal.aborted || !this.#mayTalk()) throw new NotSentError('The client is closed');
    const home = this.#home;
    const dataCenter = this.#dataCenters.find(home.dcId);
    if (dataCenter === undefined) throw new MisconfiguredError(this.#dataCenters.whyMissing(home.dcId));
    const { apiId, callTimeoutMs, proxy, isOwnProxy = false, device = {} } = this.#options;
    const connection = new Connection({
      apiId,
      dataCenter,
      isCustom: this.#dataCenters.isCustom,
      authKey: home.authKey,
      callTimeoutMs,
      proxy,
      isOwnProxy,
      device,
      mayTalk: this.#mayTalk,
      onLoginToken: () => this.onLoginToken(),
    });
    this.#current = connection;
    const config = await connection.open(timeoutMs);
    this.#clockAhead = aheadBy(config.date * 1_000 - Date.now());
    this.#options.onConnected?.();
    this.#options.onProxy?.(null);
    this.#dataCenters.learn(config.dcOptions);
    if (this.#home === home) this.#home = { ...home, authKey: connection.authKey };
    return connection;
  }
}

/**
 * Telegram's clock offset in ms. Small differences count as 0, since Telegram's time has whole seconds and network
 * delay.
 */
function aheadBy(ms: number): number {
  return Math.abs(ms) < CLOCK_TOLERANCE_MS ? 0 : ms;
}
