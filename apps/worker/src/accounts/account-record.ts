import { GatewayError, type UserInfo } from '@gateway/contracts';
import type { Logger } from '@gateway/runtime';
import type {
  AccountStatus,
  SessionStore,
  SessionStoreError,
  StoredAccount,
  StoredLogin,
  StoredNetwork,
  StoredReceiving,
} from '@gateway/sessions';
import { readStored, statusWithTrouble, whyUnreadable } from './stored-account.ts';

const NOT_RECEIVING: StoredReceiving = { enabled: false, since: null, filter: {}, seq_limit: 0 };

const NO_STATUS: AccountStatus = { state: 'none', user: null, reason: null, next_action: null };

interface RecordOptions {
  userId: string;
  store: SessionStore;
  logger: Logger;
}

/** What the session store has of an account: session, status, unfinished sign-in. Publishes nothing. */
export class AccountRecord {
  readonly #options: RecordOptions;
  #stored: StoredAccount | null;
  /** The end of the latest change of the status in the store. */
  #lastSave: Promise<void> = Promise.resolve();

  private constructor(options: RecordOptions, stored: StoredAccount | null) {
    this.#options = options;
    this.#stored = stored;
  }

  static async load(options: RecordOptions): Promise<AccountRecord> {
    return new AccountRecord(options, await readStored(options.store, options.userId));
  }

  /** The session, whether it is valid or not. */
  get session(): string | null {
    return this.#stored?.session ?? null;
  }

  get login(): StoredLogin | null {
    return this.#stored?.login ?? null;
  }

  /** The status in the store. Read errors appear only in {@link statusWith}. */
  get status(): AccountStatus {
    return this.#stored?.status ?? NO_STATUS;
  }

  /** How the account receives. */
  get receiving(): StoredReceiving {
    return this.status.receiving ?? NOT_RECEIVING;
  }

  get isUnreadable(): boolean {
    return whyUnreadable(this.#stored) !== null;
  }

  /** Why the session or the unfinished sign-in cannot be read. */
  get error(): Error | null {
    return this.#stored?.unreadable ?? null;
  }

  /** The status that callers see. */
  statusWith(peersError: SessionStoreError | null, unreachable: GatewayError | null): AccountStatus {
    return statusWithTrouble(this.#stored, peersError, unreachable);
  }

  /** Changes the status in the store, one change after the other. */
  async saveStatus(change: (status: AccountStatus) => AccountStatus): Promise<void> {
    const save = this.#lastSave.then(async () => {
      const status = change(this.status);
      await this.#options.store.saveStatus(this.#options.userId, status);
      await this.#reload(status);
    });
    this.#lastSave = save.catch(() => {});
    await save;
  }

  /**
   * Changes the status in memory only.
   * @returns `false`: the store has no such account.
   */
  keepInMemory(status: AccountStatus): boolean {
    if (this.#stored === null) return false;
    this.#stored = { ...this.#stored, status };
    return true;
  }

  /** Changes how the account receives. @throws {GatewayError} during a sign-in. */
  async saveReceiving(change: Partial<StoredReceiving>): Promise<void> {
    await this.saveStatus((status) => {
      // During a sign-in the status is that of the sign-in.
      if (this.login !== null) throw new GatewayError('NOT_AUTHORIZED');
      return { ...status, receiving: { ...NOT_RECEIVING, ...status.receiving, ...change } };
    });
  }

  /** @param network as for {@link saveLogin}. */
  async saveSession(session: string, user: UserInfo | null, network?: StoredNetwork): Promise<void> {
    await this.#options.store.saveSession(this.#options.userId, session, user, network);
    await this.#reload();
  }

  /** @param network how the account connects from now on; absent: as before. */
  async saveLogin(login: StoredLogin, network?: StoredNetwork): Promise<void> {
    await this.#options.store.saveLogin(this.#options.userId, login, network);
    await this.#reload();
  }

  async dropLogin(): Promise<void> {
    await this.#options.store.dropLogin(this.#options.userId);
    await this.#reload();
  }

  /** Deletes the account's session, login and peers. */
  async delete(): Promise<void> {
    await this.#options.store.delete(this.#options.userId);
    await this.#reload();
  }

  /** @param status the status that was saved last. */
  async #reload(status = this.status): Promise<void> {
    const { store, userId, logger } = this.#options;
    const { session } = this;
    const stored = await readStored(store, userId);
    if (session === null || whyUnreadable(stored) === null) {
      this.#stored = stored;
      return;
    }
    // The stored copy broke while the account was served, but the one in memory is good.
    logger.error({ err: stored?.unreadable, userId }, 'the session is written again from memory');
    await store.saveSession(userId, session, status.user);
    // saveSession may reset the status, so a paused or exported account is saved as such again. During a sign-in, the
    // login's state takes precedence.
    if (this.login === null) await store.saveStatus(userId, status);
    this.#stored = await readStored(store, userId);
  }

  /** Reads an unreadable account again. @returns `false`: nothing has changed. */
  async readAgain(): Promise<boolean> {
    const stored = await readStored(this.#options.store, this.#options.userId);
    const isSame = stored?.unreadable?.message === this.#stored?.unreadable?.message;
    if (whyUnreadable(stored) !== null && isSame) return false;
    this.#stored = stored;
    return true;
  }
}
