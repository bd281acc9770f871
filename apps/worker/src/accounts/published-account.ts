import {
  ERROR_CODES,
  EXPORTED,
  isPaceReason,
  isStopped,
  paceRulesOf,
  type AccountView,
  type GatewayError,
  type Hold,
  type PaceRules,
} from '@gateway/contracts';
import {
  SessionStoreError,
  type AccountStatus,
  type StoredLogin,
  type StoredReceiving,
} from '@gateway/sessions';
import type { Chat } from '@gateway/telegram';
import type { AccountOptions } from './account-options.ts';
import type { AccountRecord } from './account-record.ts';
import { endOf, stateOf, viewOf } from './account-view.ts';
import type { KnownPeers } from './known-peers.ts';
import { PublishedNames } from './published-names.ts';
import { chatFor } from './recipients.ts';

/** An account's state, from the store and from its current hold. Each change is published to the API. */
export class PublishedAccount {
  readonly userId: string;
  protected readonly options: AccountOptions;
  protected readonly record: AccountRecord;
  protected readonly peers: KnownPeers;
  /** Set once the account is signed out, until the next sign-in. */
  protected isDisconnected = false;
  readonly #names: PublishedNames;
  #hold: Hold | null;
  #isProxyInTrouble = false;
  /** What was found for the session last; `null`: nothing yet. */
  #reachable: { session: string; error: GatewayError | null } | null = null;

  constructor(options: AccountOptions, record: AccountRecord, peers: KnownPeers, hold: Hold | null) {
    this.userId = options.userId;
    this.options = options;
    this.record = record;
    this.peers = peers;
    this.#names = new PublishedNames(peers, options.names);
    this.#hold = hold;
    this.#logTrouble();
  }

  /** The session in the store, whether it is valid or not. */
  get session(): string | null {
    return this.record.session;
  }

  get hasSession(): boolean {
    return this.session !== null;
  }

  get login(): StoredLogin | null {
    return this.record.login;
  }

  /** The status in the store. Read errors appear only in {@link view}. */
  get status(): AccountStatus {
    return this.record.status;
  }

  get isUnreadable(): boolean {
    return this.record.isUnreadable;
  }

  get #shownStatus(): AccountStatus {
    return this.#withProxyTrouble(this.record.statusWith(this.peers.error, this.#whyUnreachable()));
  }

  /** Why Telegram cannot be reached with the session; `null` if it can be. */
  #whyUnreachable(): GatewayError | null {
    const { session } = this;
    if (session === null) return null;
    // Each step of a job asks several times, and to read a session takes as long as to encrypt a message.
    if (this.#reachable?.session !== session)
      this.#reachable = { session, error: this.options.telegram.whyUnreachable(session) };
    return this.#reachable.error;
  }

  #withProxyTrouble(status: AccountStatus): AccountStatus {
    if (!this.#isProxyInTrouble || status.state !== 'ready' || status.reason !== null) return status;
    const { action } = ERROR_CODES.PROXY_UNREACHABLE;
    return { ...status, state: 'proxy_unreachable', reason: 'PROXY_UNREACHABLE', next_action: action };
  }

  /** Publishes whether the account's own proxy gets through. */
  protected setProxyTrouble(isInTrouble: boolean): void {
    if (this.#isProxyInTrouble === isInTrouble) return;
    this.#isProxyInTrouble = isInTrouble;
    const { logger } = this.options;
    const { userId } = this;
    if (isInTrouble) logger.warn({ userId }, "the account's own proxy does not lead to Telegram");
    this.publish().catch((error: unknown) =>
      logger.error({ err: error, userId }, 'could not publish the account'),
    );
  }

  /** Its own proxy did not get through when another worker served it. */
  protected rememberProxyTrouble(): void {
    this.#isProxyInTrouble = this.status.sealed_proxy !== undefined;
  }

  /** The account has another network: forgets what the former one caused. */
  protected endProxyTrouble(): void {
    this.#isProxyInTrouble = false;
    const reason = this.#hold?.reason;
    if (reason === 'PROXY_UNREACHABLE' || reason === 'TELEGRAM_UNAVAILABLE') this.endHold();
  }

  get hold(): Hold | null {
    return this.#hold !== null && this.#hold.until > this.options.now() ? this.#hold : null;
  }

  get ended(): GatewayError | null {
    return endOf(this.#shownStatus, this.isDisconnected);
  }

  get stopped(): boolean {
    return isStopped(this.#shownStatus);
  }

  get ownId(): string | undefined {
    return this.status.user?.id.toString();
  }

  get pace(): PaceRules | null {
    return paceRulesOf(this.options.pace, this.status.pace);
  }

  /** How the account receives. */
  get receiving(): StoredReceiving {
    return this.record.receiving;
  }

  /** Whether the account must be connected to receive. */
  get mayReceive(): boolean {
    const isHere = this.status.reason !== EXPORTED && !this.isDisconnected;
    return this.receiving.enabled && isHere && this.login === null && this.ended === null;
  }

  get inbox(): AccountOptions['inbox'] {
    return this.options.inbox;
  }

  chatOf(recipientId: string): Chat {
    return chatFor(recipientId, this.peers.book, this.status.user?.id);
  }

  get view(): AccountView {
    return viewOf(this.#shownStatus, this.hold, this.login);
  }

  /** The state in {@link view}. Cheap, since all accounts are counted by it every few seconds. */
  get state(): AccountView['state'] {
    return stateOf(this.#withProxyTrouble(this.record.statusWith(null, null)), this.hold);
  }

  async publish(): Promise<void> {
    // First: a send that the view admits is checked by them.
    await this.#names.publish(this.#answersOnly);
    await this.options.publish(this.view);
    if (this.status.receiving === undefined) return;
    const { enabled, since, filter } = this.status.receiving;
    await this.inbox.writeSettings({ enabled, since, filter });
  }

  /** Publishes names that the account has learnt since. Call before an event shows them. */
  async publishNewNames(): Promise<void> {
    await this.#names.publishNew(this.#answersOnly);
  }

  get #answersOnly(): boolean {
    return this.status.replies_only !== undefined;
  }

  async setHold(hold: Hold, { publish }: { publish: boolean }): Promise<void> {
    this.#hold = hold;
    await this.publish();
    if (publish) await this.options.publishHold(hold);
  }

  protected endHold(): void {
    this.#hold = null;
  }

  /** The pace has changed: ends a hold that the old pace caused. */
  endPaceHold(): void {
    if (this.#hold !== null && isPaceReason(this.#hold.reason)) this.endHold();
  }

  /** A person resumed the account: forget which recipients Telegram did not find, so that they are looked up again. */
  forgetMissing(): void {
    this.peers.forgetMissing();
  }

  async setStatus(status: AccountStatus): Promise<void> {
    // How the account receives may have changed since the caller read the status.
    await this.record.saveStatus(({ receiving }) => ({ ...status, ...(receiving && { receiving }) }));
    await this.publish();
  }

  /**
   * Saves a state that stops or ends the account. If the disk is full, the state is kept in memory only, so that the
   * account still stops; after a restart Telegram reports it again.
   */
  protected async setBadStatus(status: AccountStatus): Promise<void> {
    try {
      await this.setStatus(status);
    } catch (error) {
      if (!(error instanceof SessionStoreError) || error.failure === 'fenced') throw error;
      if (!this.record.keepInMemory(status)) throw error;
      this.options.logger.error({ err: error, userId: this.userId }, 'the trouble could not be saved');
      await this.publish();
    }
  }

  /** Changes how the account receives. @throws {GatewayError} during a sign-in. */
  async setReceiving(change: Partial<StoredReceiving>): Promise<void> {
    await this.record.saveReceiving(change);
    await this.publish();
  }

  /** Allows events up to this number. Publishes nothing, because an event may be on its way to be published. */
  async setEventLimit(seq_limit: number): Promise<void> {
    await this.record.saveReceiving({ seq_limit });
  }

  /** As `AccountInbox.settle`. Never throws: it only spares the next owner a doubt. */
  async settleEvents(): Promise<void> {
    const { logger } = this.options;
    await this.inbox.settle().catch((error: unknown) => {
      logger.debug({ err: error, userId: this.userId }, 'the latest number of the events was not stored');
    });
  }

  /**
   * Reads an unreadable account again. Call in turn.
   * @returns whether it can be read now.
   */
  async readAgain(): Promise<boolean> {
    if (!this.isUnreadable) return true;
    if (!(await this.record.readAgain())) return false;
    await this.peers.reload();
    if (this.isUnreadable) this.#logTrouble();
    else this.options.logger.info({ userId: this.userId }, 'the account can be read again');
    await this.publish();
    return !this.isUnreadable;
  }

  /** @throws {SessionStoreError} `storage`: a change could not be saved now. */
  async checkWritable(): Promise<void> {
    await this.options.store.checkWritable(this.userId);
  }

  #logTrouble(): void {
    const { logger } = this.options;
    const { userId } = this;
    const { error } = this.record;
    if (this.isUnreadable)
      logger.error({ err: error, userId }, 'the session cannot be read: its messages wait');
    else if (error !== null)
      logger.error({ err: error, userId }, 'the unfinished sign-in cannot be read: it has to begin again');
    else if (this.peers.error !== null)
      logger.error(
        { err: this.peers.error, userId },
        'the known peers cannot be read: they are looked up again',
      );
  }
}
