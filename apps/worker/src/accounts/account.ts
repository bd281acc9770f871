import {
  ERROR_CODES,
  EXPORTED,
  GatewayError,
  isPaceReason,
  isSignedIn,
  isStopped,
  paceRulesOf,
  type AccountState,
  type AccountView,
  type Hold,
  type PaceRules,
  type UserInfo,
} from '@gateway/contracts';
import {
  MemoryPeerBook,
  SessionStoreError,
  type AccountStatus,
  type StoredAccount,
  type StoredLogin,
  type StoredReceiving,
} from '@gateway/sessions';
import {
  TelegramFailure,
  type AccountClient,
  type Chat,
  type FileRange,
  type LocatedFile,
  type ReadName,
  type ReadOptions,
  type ReadResult,
  type ReadUpdatesOptions,
} from '@gateway/telegram';
import { traced } from '@gateway/telemetry';
import PQueue from 'p-queue';
import { runStep } from '../actions/index.ts';
import type { Step, StepEnd } from '../actions/step.ts';
import { SentJobs } from '../inbox/sent-jobs.ts';
import type { LaneAccount } from '../lane/lane-ports.ts';
import type { SendLedger } from '../lane/send-ledger.ts';
import type { AccountFiles } from '../media/account-files.ts';
import type { AccountOptions } from './account-options.ts';
import { endOf, viewOf } from './account-view.ts';
import { chatFor } from './recipients.ts';
import { showTyping, type ShownTyping } from './show-typing.ts';
import { readPeers, readStored, statusWithTrouble, whyUnreadable } from './stored-account.ts';

/** Control jobs run before sends, because a person waits for them. */
const URGENT = { priority: 1 };

/** Reads run after sends: of the calls of one read, at most one runs before a send that waits. */
const AFTER_SENDS = { priority: -1 };

const CONNECTION_CHANGED = 'The connection of the account has changed while this was read.';

/** Interval at which an account that receives saves the peers that it has learnt, ms. */
const SAVE_PEERS_MS = 60_000;

const NOT_RECEIVING: StoredReceiving = { enabled: false, since: null, filter: {}, seq_limit: 0 };

const NO_STATUS: AccountStatus = { state: 'none', user: null, reason: null, next_action: null };

/**
 * One account that this worker serves: its stored data, its connection and its turn. Everything that talks to Telegram
 * for it runs through {@link inTurn}, one task at a time: GramJS needs that, and it suits Telegram's limits.
 */
export class Account implements LaneAccount {
  readonly userId: string;
  readonly #options: AccountOptions;
  readonly #turn = new PQueue({ concurrency: 1 });
  #stored: StoredAccount | null;
  #hold: Hold | null;
  #disconnected = false;
  #closed = false;
  #client: AccountClient | undefined;
  #lastUsed = 0;
  #isReceiving = false;
  /** The end of the latest change of the status in the store. */
  #lastSave: Promise<void> = Promise.resolve();
  readonly sentJobs = new SentJobs();
  #peers!: MemoryPeerBook;
  #savedPeers = 0;
  /** Set if the stored peers cannot be read. The unreadable ones are kept as a copy once new ones are saved. */
  #peersError: SessionStoreError | null = null;

  private constructor(
    options: AccountOptions,
    stored: StoredAccount | null,
    peers: Awaited<ReturnType<typeof readPeers>>,
    hold: Hold | null,
  ) {
    this.userId = options.userId;
    this.#options = options;
    this.#stored = stored;
    this.#usePeers(peers);
    this.#hold = hold;
    this.#logTrouble();
  }

  /** @param hold the hold published earlier, so that a restart does not forget a flood wait. */
  static async load(options: AccountOptions, hold: Hold | null): Promise<Account> {
    const [stored, peers] = await Promise.all([
      readStored(options.store, options.userId),
      readPeers(options.store, options.userId),
    ]);
    return new Account(options, stored, peers, hold);
  }

  /** The session in the store, whether it is valid or not. */
  get session(): string | null {
    return this.#stored?.session ?? null;
  }

  get hasSession(): boolean {
    return this.session !== null;
  }

  get isConnected(): boolean {
    return this.#client !== undefined;
  }

  get login(): StoredLogin | null {
    return this.#stored?.login ?? null;
  }

  /** The status in the store. Read errors appear only in {@link view}. */
  get status(): AccountStatus {
    return this.#stored?.status ?? NO_STATUS;
  }

  get isUnreadable(): boolean {
    return whyUnreadable(this.#stored) !== null;
  }

  get #shownStatus(): AccountStatus {
    const unreachable = this.session === null ? null : this.#options.telegram.whyUnreachable(this.session);
    return statusWithTrouble(this.#stored, this.#peersError, unreachable);
  }

  get hold(): Hold | null {
    return this.#hold !== null && this.#hold.until > this.#options.now() ? this.#hold : null;
  }

  get ended(): GatewayError | null {
    return endOf(this.#shownStatus, this.#disconnected);
  }

  get stopped(): boolean {
    return isStopped(this.#shownStatus);
  }

  get ledger(): SendLedger {
    return this.#options.ledger;
  }

  get files(): AccountFiles {
    return this.#options.files;
  }

  get ownId(): string | undefined {
    return this.status.user?.id.toString();
  }

  get pace(): PaceRules | null {
    return paceRulesOf(this.#options.pace, this.status.pace);
  }

  /** How the account receives. */
  get receiving(): StoredReceiving {
    return this.#stored?.status.receiving ?? NOT_RECEIVING;
  }

  /** Whether the account must be connected to receive. */
  get mayReceive(): boolean {
    const isHere = this.status.reason !== EXPORTED && !this.#disconnected;
    return this.receiving.enabled && isHere && this.login === null && this.ended === null;
  }

  get inbox(): AccountOptions['inbox'] {
    return this.#options.inbox;
  }

  /** Ends the current reading of updates. It begins anew if the account still may receive. */
  endReceiving(): void {
    this.#options.endReceiving();
  }

  chatOf(recipientId: string): Chat {
    return chatFor(recipientId, this.#peers, this.status.user?.id);
  }

  get view(): AccountView {
    return viewOf(this.#shownStatus, this.hold);
  }

  async publish(): Promise<void> {
    await this.#options.publish(this.view);
    if (this.status.receiving === undefined) return;
    const { enabled, since, filter } = this.status.receiving;
    await this.inbox.writeSettings({ enabled, since, filter });
  }

  /** Runs `task` when no other task of this account runs, ahead of sends that wait for their turn. */
  async inTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.#turn.add(task, URGENT);
  }

  /**
   * The account's connection: on its session, on the unfinished one of its login, or on none. Call only in turn.
   * @throws {TelegramFailure} `retry` if this worker may not serve the account any more.
   */
  client(session = this.login?.session ?? this.session): AccountClient {
    if (this.#closed || !this.#options.mayServe()) {
      throw new TelegramFailure(
        { outcome: 'retry', reached: false },
        new GatewayError('TELEGRAM_UNAVAILABLE', 'This worker does not serve the account.'),
      );
    }
    this.#lastUsed = this.#options.now();
    // A login has no peers: its user is known only once it is done, and another user's peers are of no use.
    const peers = session !== null && this.login === null ? this.#peers : new MemoryPeerBook();
    this.#client ??= this.#options.telegram.open(session, peers, {
      mayTalk: this.#options.mayServe,
      isBot: this.#options.isBot,
    });
    return this.#client;
  }

  /**
   * Opens a connection without a session, for a new login; the caller must have closed the previous one. An ended
   * session stays in the store.
   */
  freshClient(): AccountClient {
    if (this.#client !== undefined) throw new Error('the account still has a connection');
    return this.client(null);
  }

  async closeClient(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }

  /** Closes the connection of an account that was idle for `ms`. It is opened again when needed. */
  async closeIfIdle(ms: number): Promise<void> {
    const idle = () =>
      !this.#isReceiving &&
      this.#turn.size + this.#turn.pending === 0 &&
      this.#options.now() - this.#lastUsed >= ms;
    if (this.#client !== undefined && idle()) await this.#turn.add(() => this.closeClient());
  }

  async run(step: Step): Promise<StepEnd> {
    const outcome = await this.#turn.add(async () => {
      if (this.ended !== null) throw this.ended;
      if (this.stopped) throw new Error('the account was stopped while this job waited for its turn');
      const client = this.client();
      const begun = performance.now();
      try {
        const { jobId, index, action, trace } = step;
        const attributes = { jobId, userId: this.userId, part: index };
        const span = { name: `telegram.${action.name}`, kind: 'client', attributes, parent: trace } as const;
        const noting = this.receiving.enabled ? this.sentJobs.noting(client, jobId) : client;
        return await traced(span, () => runStep(noting, step));
      } finally {
        this.#options.metrics.telegramSend((performance.now() - begun) / 1_000);
        await this.#keepWhatChanged(client);
      }
    });
    return 'later' in outcome ? outcome.later : outcome;
  }

  /** As {@link showTyping}. */
  async showTyping(typing: ShownTyping): Promise<boolean> {
    return showTyping(this, typing, this.#options.now());
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
    const { now } = this.#options;
    const { ownId } = this;
    if (ownId === undefined) throw new GatewayError('NOT_AUTHORIZED');
    let savedAt = now();
    this.#isReceiving = true;
    try {
      await this.#withClient((client, call) => {
        const deliver: ReadUpdatesOptions['deliver'] = async (batch) => {
          await options.deliver(batch);
          if (now() < savedAt + SAVE_PEERS_MS) return;
          savedAt = now();
          await this.#turn.add(() => this.#keepWhatChanged(client), AFTER_SENDS);
        };
        return client.receive({ ...options, ownId, deliver }, call);
      });
    } finally {
      this.#isReceiving = false;
    }
  }

  /** Runs work whose calls to Telegram each take a turn of their own, after sends that wait. */
  async #withClient<T>(
    work: (client: AccountClient, call: <R>(task: () => Promise<R>) => Promise<R>) => Promise<T>,
  ): Promise<T> {
    const inTurn = <R>(task: () => Promise<R>): Promise<R> => this.#turn.add(task, AFTER_SENDS);
    const client = await inTurn(async () => this.client());
    const call = <R>(task: () => Promise<R>): Promise<R> =>
      inTurn(async () => {
        if (this.client() !== client) throw new GatewayError('TELEGRAM_UNAVAILABLE', CONNECTION_CHANGED);
        try {
          return await task();
        } catch (error) {
          if (error instanceof TelegramFailure && error.failure.outcome === 'account')
            await this.setTrouble(error.failure.state, error.error);
          throw error;
        }
      });
    try {
      return await work(client, call);
    } finally {
      await inTurn(() => this.#keepWhatChanged(client));
    }
  }

  /** Reads bytes of a file at Telegram, beside the account's turn: sends go on. Several calls may run at once. */
  async readFile(file: LocatedFile, range: FileRange): Promise<Buffer> {
    const inTurn = <T>(task: () => Promise<T>): Promise<T> => this.#turn.add(task, AFTER_SENDS);
    // Only to open the connection needs a turn.
    const client = this.isConnected ? this.client() : await inTurn(async () => this.client());
    try {
      return await client.readFile(file, range, inTurn);
    } catch (error) {
      if (error instanceof TelegramFailure && error.failure.outcome === 'account' && this.#client === client)
        await this.setTrouble(error.failure.state, error.error);
      throw error;
    }
  }

  /**
   * Saves new peers, and the session if Telegram moved it. If that fails, it costs a look-up later, never the message.
   */
  async #keepWhatChanged(client: AccountClient): Promise<void> {
    const { store, logger, mayServe } = this.#options;
    if (!mayServe()) return;
    try {
      const session = client.session();
      if (session !== null && this.hasSession && session !== this.session && this.login === null) {
        await store.saveSession(this.userId, session, this.status.user);
        await this.#reload();
      }
      if (this.#peers.generation !== this.#savedPeers) {
        const { generation } = this.#peers;
        await store.savePeers(this.userId, this.#peers.toJSON(), { keepFormer: this.#peersError !== null });
        this.#savedPeers = generation;
        if (this.#peersError !== null) {
          this.#peersError = null;
          await this.publish();
        }
      }
    } catch (error) {
      logger.error({ err: error, userId: this.userId }, 'could not write down what changed');
    }
  }

  async setHold(hold: Hold, { publish }: { publish: boolean }): Promise<void> {
    this.#hold = hold;
    await this.publish();
    if (publish) await this.#options.publishHold(hold);
  }

  /** A person resumed the account: forget which recipients Telegram did not find, so that they are looked up again. */
  forgetMissing(): void {
    this.#peers.forgetAllMissing();
  }

  /** The pace has changed: ends a hold that the old pace caused. */
  endPaceHold(): void {
    if (this.#hold !== null && isPaceReason(this.#hold.reason)) this.#hold = null;
  }

  async setTrouble(state: AccountState, error: GatewayError): Promise<void> {
    const reason = error.details.rpcError ?? error.code;
    this.#options.logger.warn({ userId: this.userId, state, reason }, 'the account is in trouble');
    await this.#keepTrouble({ ...this.status, state, reason, next_action: ERROR_CODES[error.code].action });
    if (!isSignedIn(state)) await this.closeClient();
    else if (this.stopped) await this.#options.publishHold({ reason, until: null });
  }

  /**
   * Saves the state. If the disk is full, the state is kept in memory only, so that the account still stops; after a
   * restart Telegram reports it again.
   */
  async #keepTrouble(status: AccountStatus): Promise<void> {
    try {
      await this.setStatus(status);
    } catch (error) {
      if (!(error instanceof SessionStoreError) || error.failure === 'fenced' || this.#stored === null)
        throw error;
      this.#options.logger.error({ err: error, userId: this.userId }, 'the trouble could not be saved');
      this.#stored = { ...this.#stored, status };
      await this.publish();
    }
  }

  async setStatus(status: AccountStatus): Promise<void> {
    // How the account receives may have changed since the caller read the status.
    await this.#saveStatus(({ receiving }) => ({ ...status, ...(receiving && { receiving }) }));
    await this.publish();
  }

  /** Changes how the account receives. @throws {GatewayError} during a sign-in. */
  async setReceiving(change: Partial<StoredReceiving>): Promise<void> {
    await this.#saveReceiving(change);
    await this.publish();
  }

  /** Allows events up to this number. Publishes nothing, because an event may be on its way to be published. */
  async raiseEventLimit(seq_limit: number): Promise<void> {
    await this.#saveReceiving({ seq_limit });
  }

  async #saveReceiving(change: Partial<StoredReceiving>): Promise<void> {
    await this.#saveStatus((status) => {
      // During a sign-in the status is that of the sign-in.
      if (this.login !== null) throw new GatewayError('NOT_AUTHORIZED');
      return { ...status, receiving: { ...NOT_RECEIVING, ...status.receiving, ...change } };
    });
  }

  /** Changes the status in the store, one change after the other. */
  async #saveStatus(change: (status: AccountStatus) => AccountStatus): Promise<void> {
    const save = this.#lastSave.then(async () => {
      const status = change(this.status);
      await this.#options.store.saveStatus(this.userId, status);
      await this.#reload(status);
    });
    this.#lastSave = save.catch(() => {});
    await save;
  }

  async saveLogin(login: StoredLogin): Promise<void> {
    await this.#options.store.saveLogin(this.userId, login);
    this.#disconnected = false;
    await this.#changed();
  }

  async dropLogin(): Promise<void> {
    await this.closeClient();
    await this.#options.store.dropLogin(this.userId);
    await this.#changed();
  }

  /**
   * Completes the sign-in: the login's session becomes the account's, with the stored peers if they belong to the same
   * user.
   */
  async authorize(session: string, user: UserInfo): Promise<void> {
    const { store, isBot } = this.#options;
    const isOther = this.status.user !== null && this.status.user.id !== user.id;
    // Messages that waited for an unreadable session may be sent only by the same user.
    if (this.isUnreadable && !isBot && this.status.user?.id !== user.id) await this.#endQueued();
    if (isOther) await this.#forgetEvents();
    await store.saveSession(this.userId, session, user);
    await this.closeClient();
    if (isOther) await this.files.forgetAll();
    this.#disconnected = false;
    this.#usePeers(await readPeers(store, this.userId));
    this.#hold = null;
    await this.#changed();
  }

  /** Deletes the account's session, login and peers. Queued jobs fail with `ACCOUNT_DISCONNECTED`. */
  async forget(): Promise<void> {
    // First, so that it does not connect again to receive.
    this.#disconnected = true;
    try {
      await this.#forget();
    } catch (error) {
      this.#disconnected = false;
      throw error;
    }
  }

  async #forget(): Promise<void> {
    await this.closeClient();
    if (this.isUnreadable)
      this.#options.logger.warn(
        { userId: this.userId },
        'forgets a session that cannot be read, so it was not logged out: end it under Devices in an official app',
      );
    await this.#endQueued();
    await this.#forgetEvents();
    await this.#options.store.delete(this.userId);
    await this.files.forgetAll();
    this.#hold = null;
    await this.#changed();
  }

  /** Call before another user signs in, or nobody is signed in any more. */
  async #forgetEvents(): Promise<void> {
    this.#options.endReceiving();
    await this.inbox.forget();
  }

  async #changed(status = this.status): Promise<void> {
    await this.#reload(status);
    await this.publish();
  }

  /**
   * Call before a session is deleted or replaced by another user's: queued messages must not be sent under a later
   * sign-in.
   */
  async #endQueued(): Promise<void> {
    this.ledger.recordDisconnected(this.#options.now());
    await this.ledger.save();
  }

  /** @param status the status that was saved last. */
  async #reload(status = this.status): Promise<void> {
    const { store } = this.#options;
    const { session, userId } = this;
    const stored = await readStored(store, userId);
    if (session === null || whyUnreadable(stored) === null) {
      this.#stored = stored;
      return;
    }
    // The stored copy broke while the account was served, but the one in memory is good.
    this.#options.logger.error(
      { err: stored?.unreadable, userId },
      'the session is written again from memory',
    );
    await store.saveSession(userId, session, status.user);
    // saveSession may reset the status, so a paused or exported account is saved as such again. During a sign-in, the
    // login's state takes precedence.
    if (this.login === null) await store.saveStatus(userId, status);
    this.#stored = await readStored(store, userId);
  }

  /**
   * Reads an unreadable account again. Call in turn.
   * @returns whether it can be read now.
   */
  async readAgain(): Promise<boolean> {
    if (!this.isUnreadable) return true;
    const { store, logger } = this.#options;
    const stored = await readStored(store, this.userId);
    const isSame = stored?.unreadable?.message === this.#stored?.unreadable?.message;
    if (whyUnreadable(stored) !== null && isSame) return false;
    this.#stored = stored;
    this.#usePeers(await readPeers(store, this.userId));
    if (this.isUnreadable) this.#logTrouble();
    else logger.info({ userId: this.userId }, 'the account can be read again');
    await this.publish();
    return !this.isUnreadable;
  }

  /** @throws {SessionStoreError} `storage`: a change could not be saved now. */
  async checkWritable(): Promise<void> {
    await this.#options.store.checkWritable(this.userId);
  }

  #usePeers({ book, error }: Awaited<ReturnType<typeof readPeers>>): void {
    this.#peers = book;
    this.#savedPeers = book.generation;
    this.#peersError = error;
  }

  #logTrouble(): void {
    const { logger } = this.#options;
    const { userId } = this;
    const unreadable = this.#stored?.unreadable ?? null;
    if (this.isUnreadable)
      logger.error({ err: unreadable, userId }, 'the session cannot be read: its messages wait');
    else if (unreadable !== null)
      logger.error(
        { err: unreadable, userId },
        'the unfinished sign-in cannot be read: it has to begin again',
      );
    else if (this.#peersError !== null)
      logger.error(
        { err: this.#peersError, userId },
        'the known peers cannot be read: they are looked up again',
      );
  }

  /** Waits for running tasks, then closes the connection for good. */
  async close(): Promise<void> {
    await this.#turn.onIdle();
    await this.abandon();
  }

  /** Closes the connection for good without waiting for running tasks. */
  async abandon(): Promise<void> {
    this.#closed = true;
    await this.closeClient();
  }
}
