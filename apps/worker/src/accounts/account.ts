import {
  ERROR_CODES,
  isSignedIn,
  type AccountState,
  type AccountView,
  type GatewayError,
  type Hold,
  type NetworkChange,
  type UserInfo,
} from '@gateway/contracts';
import { MemoryPeerBook, networkOf, type StoredLogin, type StoredNetwork } from '@gateway/sessions';
import type { AccountClient } from '@gateway/telegram';
import { traced } from '@gateway/telemetry';
import { runStep } from '../actions/index.ts';
import type { ActionClient, Step, StepEnd } from '../actions/step.ts';
import { SentJobs } from '../inbox/sent-jobs.ts';
import type { LaneAccount } from '../lane/lane-ports.ts';
import type { SendLedger } from '../lane/send-ledger.ts';
import type { AccountFiles } from '../media/account-files.ts';
import { AccountConnection } from './account-connection.ts';
import type { AccountOptions } from './account-options.ts';
import { AccountReads } from './account-reads.ts';
import { AccountRecord } from './account-record.ts';
import { KnownPeers } from './known-peers.ts';
import { PublishedAccount } from './published-account.ts';
import { showTyping, type ShownTyping } from './show-typing.ts';

/**
 * One account that this worker serves: its stored data, its connection and its state. Everything that talks to Telegram
 * for it runs in its turn, one task at a time.
 */
export class Account extends PublishedAccount implements LaneAccount {
  readonly reads: AccountReads;
  readonly sentJobs = new SentJobs();
  readonly #connection: AccountConnection;
  /** How the account connects in a sign-in that is not saved yet. */
  #newNetwork: StoredNetwork | undefined;

  private constructor(options: AccountOptions, record: AccountRecord, peers: KnownPeers, hold: Hold | null) {
    super(options, record, peers, hold);
    const { telegram, isBot, mayServe, now } = options;
    this.#connection = new AccountConnection({
      telegram,
      isBot,
      mayServe,
      now,
      network: () => options.network.open(this.#newNetwork ?? networkOf(this.status)),
      onProxy: (error) => this.setProxyTrouble(error !== null),
    });
    this.reads = new AccountReads({
      connection: this.#connection,
      ownId: () => this.ownId,
      client: () => this.client(),
      keepWhatChanged: (client) => this.#keepWhatChanged(client),
      setTrouble: (state, error) => this.setTrouble(state, error),
      now: options.now,
    });
  }

  /**
   * @param published the view published earlier, so that a restart does not forget a flood wait, or a proxy that does
   * not get through.
   */
  static async load(
    options: AccountOptions,
    published: Pick<AccountView, 'hold' | 'state'>,
  ): Promise<Account> {
    const [record, peers] = await Promise.all([
      AccountRecord.load(options),
      KnownPeers.load(options.store, options.userId),
    ]);
    const account = new Account(options, record, peers, published.hold);
    if (published.state === 'proxy_unreachable') account.rememberProxyTrouble();
    return account;
  }

  get isConnected(): boolean {
    return this.#connection.current !== undefined;
  }

  /** Whether the account reads its updates now. */
  get isReceiving(): boolean {
    return this.#connection.isReceiving;
  }

  get ledger(): SendLedger {
    return this.options.ledger;
  }

  get files(): AccountFiles {
    return this.options.files;
  }

  /** Ends the current reading of updates. It begins anew if the account still may receive. */
  endReceiving(): void {
    this.options.endReceiving();
  }

  /** Runs `task` when no other task of this account runs, ahead of sends that wait for their turn. */
  async inTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.#connection.inUrgentTurn(task);
  }

  /**
   * The account's connection: on its session, on the unfinished one of its login, or on none. Call only in turn.
   * @throws {TelegramFailure} `retry` if this worker may not serve the account any more.
   */
  client(session = this.login?.session ?? this.session): AccountClient {
    // A login has no peers: its user is known only once it is done, and another user's peers are of no use.
    const peers = session !== null && this.login === null ? this.peers.book : new MemoryPeerBook();
    return this.#connection.client(session, peers);
  }

  /**
   * Opens a connection without a session, for a new login; the caller must have closed the previous one. An ended
   * session stays in the store.
   */
  freshClient(): AccountClient {
    if (this.isConnected) throw new Error('the account still has a connection');
    return this.client(null);
  }

  async closeClient(): Promise<void> {
    this.#newNetwork = undefined;
    await this.#connection.close();
  }

  /** Closes the connection of an account that was idle for `ms`. It is opened again when needed. */
  async closeIfIdle(ms: number): Promise<void> {
    await this.#connection.closeIfIdle(ms);
  }

  async run(step: Step): Promise<StepEnd> {
    const outcome = await this.#connection.inTurn(async () => {
      if (this.ended !== null) throw this.ended;
      if (this.stopped) throw new Error('the account was stopped while this job waited for its turn');
      const client = this.client();
      const begun = performance.now();
      let goesOn = false;
      try {
        const { jobId, index, action, trace } = step;
        const attributes = { jobId, userId: this.userId, part: index };
        const span = { name: `telegram.${action.name}`, kind: 'client', attributes, parent: trace } as const;
        const outcome = await traced(span, () => runStep(this.#forJob(client, jobId), step));
        goesOn = 'later' in outcome;
        return outcome;
      } finally {
        if (!goesOn) this.options.metrics.telegramSend((performance.now() - begun) / 1_000);
        await this.#keepWhatChanged(client);
      }
    });
    return 'later' in outcome ? outcome.later : outcome;
  }

  /** What a job uses of the connection. */
  #forJob(client: AccountClient, jobId: string): ActionClient {
    const forJob: ActionClient = {
      captionLimit: () => client.captionLimit(),
      run: (name, options) => client.run(name, options),
      uploadPart: (part) => client.uploadPart(part, (call) => this.#connection.inTurn(call)),
    };
    return this.receiving.enabled ? this.sentJobs.noting(forJob, jobId) : forJob;
  }

  /** As {@link showTyping}. */
  async showTyping(typing: ShownTyping): Promise<boolean> {
    return showTyping(this, typing, this.options.now());
  }

  /**
   * Saves new peers, and the session if Telegram moved it. If that fails, it costs a look-up later, never the message.
   */
  async #keepWhatChanged(client: AccountClient): Promise<void> {
    const { logger, mayServe } = this.options;
    if (!mayServe()) return;
    try {
      const session = client.session();
      if (session !== null && this.hasSession && session !== this.session && this.login === null)
        await this.record.saveSession(session, this.status.user);
      if (await this.peers.save()) await this.publish();
      else await this.publishNewNames();
    } catch (error) {
      logger.error({ err: error, userId: this.userId }, 'could not write down what changed');
    }
  }

  async setTrouble(state: AccountState, error: GatewayError): Promise<void> {
    const reason = error.details.rpcError ?? error.code;
    this.options.logger.warn({ userId: this.userId, state, reason }, 'the account is in trouble');
    await this.setBadStatus({ ...this.status, state, reason, next_action: ERROR_CODES[error.code].action });
    if (!isSignedIn(state)) await this.closeClient();
    else if (this.stopped) await this.options.publishHold({ reason, until: null });
  }

  /**
   * How the account connects until its connection is closed. {@link saveLogin} or {@link authorize} saves it. Absent
   * fields stay.
   */
  changeNetworkOfLogin(change: NetworkChange): void {
    this.#newNetwork = this.options.network.changed(networkOf(this.status), change);
  }

  /** Saves how the account connects, and closes its connection. Call in turn. */
  async changeNetwork(change: NetworkChange): Promise<void> {
    const { proxy: _proxy, sealed_proxy: _sealed, device: _device, ...status } = this.status;
    const network = this.options.network.changed(networkOf(this.status), change);
    await this.closeClient();
    this.endProxyTrouble();
    await this.setStatus({ ...status, ...network });
    this.endReceiving();
  }

  async saveLogin(login: StoredLogin): Promise<void> {
    await this.record.saveLogin(login, this.#newNetwork);
    this.#newNetwork = undefined;
    this.isDisconnected = false;
    await this.publish();
  }

  async dropLogin(): Promise<void> {
    await this.closeClient();
    await this.record.dropLogin();
    await this.publish();
  }

  /**
   * Completes the sign-in: the login's session becomes the account's, with the stored peers if they belong to the same
   * user.
   */
  async authorize(session: string, user: UserInfo): Promise<void> {
    const { isBot } = this.options;
    const isOther = this.status.user !== null && this.status.user.id !== user.id;
    // Messages that waited for an unreadable session may be sent only by the same user.
    if (this.isUnreadable && !isBot && this.status.user?.id !== user.id) await this.#endQueued();
    if (isOther) await this.#forgetEvents();
    await this.record.saveSession(session, user, this.#newNetwork);
    await this.closeClient();
    if (isOther) await this.files.forgetAll();
    this.isDisconnected = false;
    await this.peers.reload();
    this.endHold();
    await this.publish();
  }

  /** Deletes the account's session, login and peers. Queued jobs fail with `ACCOUNT_DISCONNECTED`. */
  async forget(): Promise<void> {
    // First, so that it does not connect again to receive.
    this.isDisconnected = true;
    try {
      await this.#forget();
    } catch (error) {
      this.isDisconnected = false;
      throw error;
    }
  }

  async #forget(): Promise<void> {
    await this.closeClient();
    if (this.isUnreadable)
      this.options.logger.warn(
        { userId: this.userId },
        'forgets a session that cannot be read, so it was not logged out: end it under Devices in an official app',
      );
    await this.#endQueued();
    await this.#forgetEvents();
    await this.record.delete();
    await this.files.forgetAll();
    this.endHold();
    await this.publish();
  }

  /** Call before another user signs in, or nobody is signed in any more. */
  async #forgetEvents(): Promise<void> {
    this.options.endReceiving();
    await this.inbox.forget();
  }

  /**
   * Call before a session is deleted or replaced by another user's: queued messages must not be sent under a later
   * sign-in.
   */
  async #endQueued(): Promise<void> {
    this.ledger.recordDisconnected(this.options.now());
    await this.ledger.save();
  }

  /** Waits for running tasks, then closes the connection for good. */
  async close(): Promise<void> {
    await this.#connection.end();
  }

  /** Closes the connection for good without waiting for running tasks. */
  async abandon(): Promise<void> {
    await this.#connection.abandon();
  }
}
