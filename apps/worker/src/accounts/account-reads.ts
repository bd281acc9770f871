import { GatewayError, type AccountState } from '@gateway/contracts';
import {
  TelegramFailure,
  type AccountClient,
  type FileRange,
  type LocatedFile,
  type ReadName,
  type ReadOptions,
  type ReadResult,
  type ReadUpdatesOptions,
} from '@gateway/telegram';
import type { AccountConnection } from './account-connection.ts';

const CONNECTION_CHANGED = 'The connection of the account has changed while this was read.';

/** Interval at which an account that receives saves the peers that it has learnt, ms. */
const SAVE_PEERS_MS = 60_000;

/** The account, as far as reads need it. */
export interface ReadingAccount {
  readonly connection: AccountConnection;
  /** The id of the account at Telegram. */
  readonly ownId: () => string | undefined;
  /** The account's connection. Called in turn. */
  readonly client: () => AccountClient;
  /** Saves the peers that a connection has learnt. Called in turn; never throws. */
  readonly keepWhatChanged: (client: AccountClient) => Promise<void>;
  readonly setTrouble: (state: AccountState, error: GatewayError) => Promise<void>;
  readonly now: () => number;
}

/** Reads of an account. Their calls to Telegram run between its sends. */
export class AccountReads {
  readonly #account: ReadingAccount;

  constructor(account: ReadingAccount) {
    this.#account = account;
  }

  /** Reads at Telegram. Each call takes a turn of its own, so that sends and a sign-out come between. */
  async read<N extends ReadName>(name: N, options: ReadOptions<N>): Promise<ReadResult<N>> {
    return this.#withClient((client, call) => client.read(name, options, call));
  }

  /**
   * Reads the account's updates until its connection is down or the signal is aborted. Its calls take turns as those of
   * {@link read}.
   */
  async receive(options: Omit<ReadUpdatesOptions, 'ownId'>): Promise<void> {
    const { connection, now, keepWhatChanged } = this.#account;
    const ownId = this.#account.ownId();
    if (ownId === undefined) throw new GatewayError('NOT_AUTHORIZED');
    let savedAt = now();
    connection.isReceiving = true;
    try {
      await this.#withClient((client, call) => {
        const deliver: ReadUpdatesOptions['deliver'] = async (batch) => {
          await options.deliver(batch);
          if (now() < savedAt + SAVE_PEERS_MS) return;
          savedAt = now();
          await connection.inTurnAfterSends(() => keepWhatChanged(client));
        };
        return client.receive({ ...options, ownId, deliver }, call);
      });
    } finally {
      connection.isReceiving = false;
    }
  }

  /** Reads bytes of a file at Telegram, beside the account's turn: sends go on. Several calls may run at once. */
  async readFile(file: LocatedFile, range: FileRange): Promise<Buffer> {
    const { connection } = this.#account;
    const inTurn = <T>(task: () => Promise<T>): Promise<T> => connection.inTurnAfterSends(task);
    // Only to open the connection needs a turn.
    const isOpen = connection.current !== undefined;
    const client = isOpen ? this.#account.client() : await inTurn(async () => this.#account.client());
    try {
      return await client.readFile(file, range, inTurn);
    } catch (error) {
      if (connection.current === client) await this.#noteTrouble(error);
      throw error;
    }
  }

  /** Runs work whose calls to Telegram each take a turn of their own, after sends that wait. */
  async #withClient<T>(
    work: (client: AccountClient, call: <R>(task: () => Promise<R>) => Promise<R>) => Promise<T>,
  ): Promise<T> {
    const account = this.#account;
    const { connection } = account;
    const client = await connection.inTurnAfterSends(async () => account.client());
    const call = <R>(task: () => Promise<R>): Promise<R> =>
      connection.inTurnAfterSends(async () => {
        if (account.client() !== client) throw new GatewayError('TELEGRAM_UNAVAILABLE', CONNECTION_CHANGED);
        try {
          return await task();
        } catch (error) {
          await this.#noteTrouble(error);
          throw error;
        }
      });
    try {
      return await work(client, call);
    } finally {
      await connection.inTurnAfterSends(() => account.keepWhatChanged(client));
    }
  }

  async #noteTrouble(error: unknown): Promise<void> {
    if (error instanceof TelegramFailure && error.failure.outcome === 'account')
      await this.#account.setTrouble(error.failure.state, error.error);
  }
}
