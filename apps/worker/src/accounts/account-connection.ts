import { GatewayError } from '@gateway/contracts';
import { TelegramFailure, type AccountClient } from '@gateway/telegram';
import PQueue from 'p-queue';
import type { AccountNetwork } from './account-network.ts';
import type { AccountOptions } from './account-options.ts';

/** Control jobs run before sends, because a person waits for them. */
const URGENT = { priority: 1 };

/** Reads run after sends: of the calls of one read, at most one runs before a send that waits. */
const AFTER_SENDS = { priority: -1 };

interface ConnectionOptions extends Pick<AccountOptions, 'telegram' | 'isBot' | 'mayServe' | 'now'> {
  /** How the account connects now. @throws {TelegramFailure} */
  network: () => AccountNetwork;
  /** Called when the account's own proxy does not get through, and (`null`) when it does. */
  onProxy: (error: GatewayError | null) => void;
}

/**
 * An account's connection to Telegram and its turn. Everything that talks to Telegram for the account takes a turn, one
 * task at a time: GramJS needs that, and it suits Telegram's limits.
 */
export class AccountConnection {
  readonly #options: ConnectionOptions;
  readonly #turn = new PQueue({ concurrency: 1 });
  /** Whether the account reads its updates. While true, the connection is not idle. */
  isReceiving = false;
  #client: AccountClient | undefined;
  #lastUsed = 0;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** The connection that is open now, if any. */
  get current(): AccountClient | undefined {
    return this.#client;
  }

  /** Runs a send when no other task of this account runs. */
  async inTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.#turn.add(task);
  }

  /** Runs a task that a person waits for ahead of sends that wait for their turn. */
  async inUrgentTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.#turn.add(task, URGENT);
  }

  /** Runs a task after sends that wait for their turn. */
  async inTurnAfterSends<T>(task: () => Promise<T>): Promise<T> {
    return this.#turn.add(task, AFTER_SENDS);
  }

  /**
   * The open connection; if there is none, a new one. Call only in turn.
   * @throws {TelegramFailure} `retry` if this worker may not serve the account any more.
   */
  client(session: string | null, peers: Parameters<AccountOptions['telegram']['open']>[1]): AccountClient {
    const { telegram, mayServe, isBot, now, network, onProxy } = this.#options;
    if (this.#isClosed || !mayServe()) {
      throw new TelegramFailure(
        { outcome: 'retry', reached: false },
        new GatewayError('TELEGRAM_UNAVAILABLE', 'This worker does not serve the account.'),
      );
    }
    this.#lastUsed = now();
    if (this.#client !== undefined) return this.#client;
    const { proxy, device } = network();
    this.#client = telegram.open(session, peers, {
      mayTalk: mayServe,
      isBot,
      proxy,
      device,
      onProxy,
    });
    return this.#client;
  }

  /** Closes the connection. It is opened again when needed. */
  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }

  /** Closes the connection if nothing has used it for `ms`. */
  async closeIfIdle(ms: number): Promise<void> {
    const isIdle =
      !this.isReceiving &&
      this.#turn.size + this.#turn.pending === 0 &&
      this.#options.now() - this.#lastUsed >= ms;
    if (this.#client !== undefined && isIdle) await this.inTurn(() => this.close());
  }

  /** Waits for running tasks, then closes the connection for good. */
  async end(): Promise<void> {
    await this.#turn.onIdle();
    await this.abandon();
  }

  /** Closes the connection for good without waiting for running tasks. */
  async abandon(): Promise<void> {
    this.#isClosed = true;
    await this.close();
  }
}
