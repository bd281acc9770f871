import {
  ERROR_CODES,
  GatewayError,
  isSignedIn,
  isStopped,
  paceRulesOf,
  type AccountState,
  type AccountView,
  type Hold,
  type PaceRules,
  type SentMessage,
  type UserInfo,
} from '@gateway/contracts';
import { MemoryPeerBook, type AccountStatus, type StoredAccount, type StoredLogin } from '@gateway/sessions';
import { TelegramFailure, type AccountClient, type Chat } from '@gateway/telegram';
import { traced } from '@gateway/telemetry';
import PQueue from 'p-queue';
import type { LaneAccount, Sending } from '../delivery/lane-ports.ts';
import type { SendLedger } from '../delivery/send-ledger.ts';
import type { AccountOptions } from './account-options.ts';
import { endOf, viewOf } from './account-view.ts';
import { outgoing } from './outgoing.ts';
import { chatFor } from './recipients.ts';

/** Control jobs go before sends: a person waits for them. */
const URGENT = { priority: 1 };

const NO_STATUS: AccountStatus = { state: 'none', user: null, reason: null, next_action: null };

/**
 * One account as this worker serves it: what the store knows of it, its connection, and its turn. Everything that talks to Telegram for
 * it runs through {@link inTurn}, one thing at a time: GramJS needs that, and Telegram likes it.
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
  #peers: MemoryPeerBook;
  #savedPeers: number;

  private constructor(
    options: AccountOptions,
    stored: StoredAccount | null,
    peers: MemoryPeerBook,
    hold: Hold | null,
  ) {
    this.userId = options.userId;
    this.#options = options;
    this.#stored = stored;
    this.#peers = peers;
    this.#savedPeers = peers.generation;
    this.#hold = hold;
  }

  /** @param hold what was published before: a restart does not forget a flood wait. */
  static async load(options: AccountOptions, hold: Hold | null): Promise<Account> {
    const [stored, peers] = await Promise.all([
      options.store.load(options.userId),
      options.store.loadPeers(options.userId),
    ]);
    return new Account(options, stored, new MemoryPeerBook(peers), hold);
  }

  /** As the store has it, whether it is good or not. */
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

  get status(): AccountStatus {
    return this.#stored?.status ?? NO_STATUS;
  }

  get hold(): Hold | null {
    return this.#hold !== null && this.#hold.until > this.#options.now() ? this.#hold : null;
  }

  get ended(): GatewayError | null {
    return endOf(this.status, this.#disconnected);
  }

  get stopped(): boolean {
    return isStopped(this.status);
  }

  get ledger(): SendLedger {
    return this.#options.ledger;
  }

  get pace(): PaceRules | null {
    return paceRulesOf(this.#options.pace, this.status.pace);
  }

  chatOf(recipientId: string): Chat {
    return chatFor(recipientId, this.#peers, this.status.user?.id);
  }

  get view(): AccountView {
    return viewOf(this.status, this.hold);
  }

  async publish(): Promise<void> {
    await this.#options.publish(this.view);
  }

  /** Runs `task` when nothing else of this account runs, before any send that waits for its turn. */
  async inTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.#turn.add(task, URGENT);
  }

  /**
   * The account's connection: on its session, or on the half-made one of its login, or on none. Only to be used in turn.
   * @throws {TelegramFailure} `retry` where this worker may not serve the account any more.
   */
  client(session = this.login?.session ?? this.session): AccountClient {
    if (this.#closed || !this.#options.mayServe()) {
      throw new TelegramFailure(
        { outcome: 'retry', reached: false },
        new GatewayError('TELEGRAM_UNAVAILABLE', 'This worker does not serve the account.'),
      );
    }
    this.#lastUsed = this.#options.now();
    // Whose account it is shows only when the login is done, and another user's peers are of no use: a login has none.
    const peers = session !== null && this.login === null ? this.#peers : new MemoryPeerBook();
    this.#client ??= this.#options.telegram.open(session, peers, {
      mayTalk: this.#options.mayServe,
      isBot: this.#options.isBot,
    });
    return this.#client;
  }

  /** A connection with no session, for a login that begins; the one before is closed. An ended session stays in the store. */
  freshClient(): AccountClient {
    if (this.#client !== undefined) throw new Error('the account still has a connection');
    return this.client(null);
  }

  async closeClient(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }

  /** Closes the connection of an account that did nothing for `ms`. It is opened again when needed. */
  async closeIfIdle(ms: number): Promise<void> {
    const idle = () =>
      this.#turn.size + this.#turn.pending === 0 && this.#options.now() - this.#lastUsed >= ms;
    if (this.#client !== undefined && idle()) await this.#turn.add(() => this.closeClient());
  }

  async send(sending: Sending): Promise<SentMessage> {
    return this.#turn.add(async () => {
      if (this.ended !== null) throw this.ended;
      if (this.stopped) throw new Error('the account was stopped while this message waited for its turn');
      const client = this.client();
      const begun = performance.now();
      try {
        const attributes = { jobId: sending.jobId, userId: this.userId, part: sending.part };
        const span = { name: 'telegram.send', kind: 'client', attributes, parent: sending.trace } as const;
        return await traced(span, () => client.send(outgoing(sending)));
      } finally {
        this.#options.metrics.telegramSend((performance.now() - begun) / 1_000);
        await this.#keepWhatChanged(client);
      }
    });
  }

  /** New peers, and a session that Telegram moved, are written down. Failing that costs a look-up later, never the message. */
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
        await store.savePeers(this.userId, this.#peers.toJSON());
        this.#savedPeers = generation;
      }
    } catch (error) {
      logger.error({ err: error, userId: this.userId }, 'could not write down what changed');
    }
  }

  async setHold(hold: Hold, { tell }: { tell: boolean }): Promise<void> {
    this.#hold = hold;
    await this.publish();
    if (tell) await this.#options.publishHold(hold);
  }

  /** The pace has changed: what it held may go on. */
  endPaceHold(): void {
    if (this.#hold?.reason.startsWith('PACE') === true) this.#hold = null;
  }

  async setTrouble(state: AccountState, error: GatewayError): Promise<void> {
    const reason = error.details.rpcError ?? error.code;
    this.#options.logger.warn({ userId: this.userId, state, reason }, 'the account is in trouble');
    await this.setStatus({
      ...this.status,
      state,
      reason,
      next_action: ERROR_CODES[error.code].action,
    });
    if (!isSignedIn(state)) await this.closeClient();
    else if (this.stopped) await this.#options.publishHold({ reason, until: null });
  }

  async setStatus(status: AccountStatus): Promise<void> {
    await this.#options.store.saveStatus(this.userId, status);
    await this.#changed();
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

  /** The sign-in is done: the login's session is the account's from now on, with what peers the store kept of the same user. */
  async authorize(session: string, user: UserInfo): Promise<void> {
    const { store } = this.#options;
    await store.saveSession(this.userId, session, user);
    await this.closeClient();
    this.#disconnected = false;
    this.#peers = new MemoryPeerBook(await store.loadPeers(this.userId));
    this.#savedPeers = this.#peers.generation;
    this.#hold = null;
    await this.#changed();
  }

  /** Forgets the account: session, login, peers. What is still queued fails with `ACCOUNT_DISCONNECTED`. */
  async forget(): Promise<void> {
    await this.closeClient();
    // Before anything else is forgotten: what is queued must not go out under a later sign-in.
    this.ledger.noteDisconnected(this.#options.now());
    await this.ledger.save();
    await this.#options.store.delete(this.userId);
    this.#disconnected = true;
    this.#hold = null;
    await this.#changed();
  }

  async #changed(): Promise<void> {
    await this.#reload();
    await this.publish();
  }

  async #reload(): Promise<void> {
    this.#stored = await this.#options.store.load(this.userId);
  }

  /** Waits for what is under way, and closes the connection for good. */
  async close(): Promise<void> {
    await this.#turn.onIdle();
    await this.abandon();
  }

  /** Closes the connection for good, in the middle of what is under way. */
  async abandon(): Promise<void> {
    this.#closed = true;
    await this.closeClient();
  }
}
