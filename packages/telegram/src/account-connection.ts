import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from 'telegram/tl/index.js';
import {
  KeyExchangeError,
  MisconfiguredError,
  NotSentError,
  RpcError,
  UnknownKeyError,
} from './call-errors.ts';
import type { Home, QrCaller } from './caller.ts';
import { Connection } from './connection.ts';
import type { DataCenters } from './data-centers.ts';
import { toConnectFailure, toFailure } from './errors.ts';
import type { TelegramOptions } from './types.ts';

/** Key exchanges tried for one connection. One of GramJS's in 256 fails by itself: it drops a leading zero byte of the key. */
const MAX_KEY_EXCHANGES = 3;

/**
 * ms before each further connection on which a server that does not know the key (-404) is asked again. What ends a session
 * costs a person a sign-in, so it takes three connections over 4 s that all say so: a server in trouble, which also answers
 * with -404, is restarted or left by its balancer within seconds. More would leave the callers of an ended session waiting.
 */
const UNKNOWN_KEY_PAUSES_MS = [1_000, 3_000];

const NEEDS_INTRODUCTION = new Set(['CONNECTION_NOT_INITED', 'CONNECTION_LAYER_INVALID']);

/** ms between two clocks that count as none. */
const CLOCK_TOLERANCE_MS = 3_000;

/**
 * Keeps one account connected: one connection at a time, made when a call needs it, discarded when it broke,
 * made anew from the same key for the next call. A call is never repeated here.
 */
export class AccountConnection implements QrCaller {
  readonly #options: TelegramOptions;
  readonly #dataCenters: DataCenters;
  readonly #mayTalk: () => boolean;
  #home: Home;
  #current: Connection | undefined;
  #connecting: Promise<Connection> | undefined;
  readonly #closed = new AbortController();
  #clockAhead = 0;
  /** Told when a QR code was scanned that this account's key has shown. */
  onLoginToken: () => void = () => {};

  constructor(options: TelegramOptions, dataCenters: DataCenters, home: Home, mayTalk: () => boolean) {
    this.#options = options;
    this.#mayTalk = mayTalk;
    this.#dataCenters = dataCenters;
    this.#home = home;
  }

  get home(): Readonly<Home> {
    return this.#home;
  }

  /** Makes sure that there is a connection. Throws `TelegramFailure`. */
  async connect(): Promise<void> {
    await this.#connectedOrFailure();
  }

  async ask<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    return this.#call(request, false);
  }

  async act<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    return this.#call(request, true);
  }

  async actAndListen<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    return this.#on((connection) => connection.callForUpdates(request), true);
  }

  get clockAhead(): number {
    return this.#clockAhead;
  }

  /**
   * Leaves connection and key behind; the next call begins with a new key, here or in another data centre.
   */
  async startOver(dcId: number = this.#home.dcId): Promise<void> {
    this.#home = { dcId, authKey: undefined };
    await this.#current?.close();
  }

  /** Goes on from where it has left, by the key that it had there. */
  async returnTo(home: Readonly<Home>): Promise<void> {
    this.#home = { ...home };
    await this.#current?.close();
  }

  /** Closes for good: what is under way fails, and so does every later call. Never throws. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#current?.close();
  }

  async #call<R extends Api.AnyRequest>(request: R, effect: boolean): Promise<R['__response']> {
    return this.#on((connection) => connection.call(request), effect);
  }

  async #on<T>(call: (connection: Connection) => Promise<T>, effect: boolean): Promise<T> {
    const connection = await this.#connectedOrFailure();
    try {
      return await call(connection);
    } catch (error) {
      // The server has forgotten who we are, and only a new connection introduces itself.
      if (error instanceof RpcError && NEEDS_INTRODUCTION.has(error.rpcName)) await connection.close();
      throw toFailure(error, effect);
    }
  }

  /** Whatever goes wrong in here: no call was sent. */
  async #connectedOrFailure(): Promise<Connection> {
    try {
      return await this.#connected();
    } catch (error) {
      throw toConnectFailure(error);
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
    const { apiId, callTimeoutMs, proxy } = this.#options;
    const connection = new Connection({
      apiId,
      dataCenter,
      isCustom: this.#dataCenters.isCustom,
      authKey: home.authKey,
      callTimeoutMs,
      proxy,
      mayTalk: this.#mayTalk,
      onLoginToken: () => this.onLoginToken(),
    });
    this.#current = connection;
    const config = await connection.open(timeoutMs);
    this.#clockAhead = aheadBy(config.date * 1_000 - Date.now());
    this.#options.onConnected?.();
    this.#dataCenters.learn(config.dcOptions);
    if (this.#home === home) this.#home = { ...home, authKey: connection.authKey };
    return connection;
  }
}

/** Telegram tells its time in whole seconds, and it is on the way for a while: so small a difference is none. */
function aheadBy(ms: number): number {
  return Math.abs(ms) < CLOCK_TOLERANCE_MS ? 0 : ms;
}
