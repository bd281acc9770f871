import { liveAuthorizations, endAuthorization } from '../rpc/authorizations.ts';
import { SERVICE_ACCOUNT_ID } from '../rpc/peers.ts';
import type { SandboxSettings, Telegram } from '../rpc/telegram.ts';
import { randomIdKey } from '../state/state.ts';
import { createAccount, createBot, digitsOf, knownAccount } from './accounts.ts';
import { AccountActions } from './actions.ts';
import { Chats } from './chat-control.ts';
import { createChat } from './chats.ts';
import { ControlError } from './control-error.ts';
import {
  differenceFaultOf,
  faultOf,
  faultView,
  fileFaultOf,
  fileFaultView,
  pushFaultOf,
  pushFaultView,
  type FaultView,
  type FileFaultView,
  type PushFaultView,
} from './faults.ts';
import type {
  DifferenceFaultRequest,
  FaultRequest,
  FileFaultRequest,
  PushFaultRequest,
} from './http/fault-requests.ts';
import type {
  AccountRequest,
  BotRequest,
  ChatRequest,
  ContactsRequest,
  LoginTokenRequest,
  SettingsRequest,
} from './http/requests.ts';
import { acceptLoginToken } from './login-tokens.ts';
import { messageView, type MessageView } from './message-view.ts';
import { knownPeer } from './peers.ts';
import { createSession, type SessionView } from './sessions.ts';
import {
  accountView,
  chatView,
  codeView,
  typingView,
  type AccountView,
  type ChatView,
  type CodeView,
  type TypingView,
} from './views.ts';

export interface Deliveries {
  random_id: string;
  /** How many sends with this random id arrived, including those that were refused or cut off. */
  arrived: number;
  /** How many messages these sends created. Random ids are unique per account, so 2 or more means several accounts. */
  messages: number;
}

export interface Counters {
  accounts: number;
  /** Messages accepted since the state was created, without Telegram's own messages with login codes. */
  messages: number;
  /** Calls that came during a lasting wait. */
  early: number;
  /** Sign-ins that ended because two connections used them at once. */
  duplicated: number;
  /** Every account with at least one live sign-in. */
  sessions: {
    id: number;
    phone: string;
    authorizations: number;
    connections: number;
    /** How each sign-in introduced itself. */
    devices: { device_model: string; app_version: string }[];
  }[];
}

/** Controls the sandbox's "Telegram" from outside, for a person or a test. Every method throws {@link ControlError}. */
export class Control {
  readonly actions: AccountActions;
  readonly chats: Chats;
  readonly #telegram: Telegram;

  constructor(telegram: Telegram) {
    this.actions = new AccountActions(telegram);
    this.chats = new Chats(telegram);
    this.#telegram = telegram;
  }

  /**
   * Repeating a call with the same data returns the existing account.
   * @throws {ControlError} 409 if the phone has an account with other data, or the username is taken.
   */
  createAccount(request: AccountRequest): { account: AccountView; created: boolean } {
    const { account, created } = createAccount(this.#telegram, request);
    return { account: accountView(account), created };
  }

  /** Like {@link createAccount}, for a bot. */
  createBot(request: BotRequest): { account: AccountView; created: boolean } {
    const { account, created } = createBot(this.#telegram, request);
    return { account: accountView(account), created };
  }

  accounts(): AccountView[] {
    return [...this.#telegram.store.state.accounts.values()].map(accountView);
  }

  /** The code last sent to a phone, used or not. @throws {ControlError} 404 if no code was sent. */
  lastCode(phone: string): CodeView {
    const attempt = this.#telegram.store.state.lastAttempt.get(digitsOf(phone));
    if (attempt === undefined) throw new ControlError(404, `no code has been sent to ${phone}`);
    return codeView(attempt);
  }

  /** @throws {ControlError} 404 if the phone has no account. */
  createSession(phone: string): SessionView {
    return createSession(this.#telegram, phone);
  }

  /** Makes an account scan the QR code of a client that is signing in. @returns the account. */
  acceptLoginToken(request: LoginTokenRequest): AccountView {
    return accountView(acceptLoginToken(this.#telegram, request));
  }

  createChat(request: ChatRequest): ChatView {
    const { kind: type, ...rest } = request;
    return chatView(createChat(this.#telegram, { type, ...rest }));
  }

  addContacts({ id, contact_ids }: ContactsRequest): void {
    for (const known of [id, ...contact_ids]) knownAccount(this.#telegram, known);
    this.#telegram.store.commit({ type: 'contacts_added', accountId: id, contactIds: contact_ids });
  }

  /** Messages in the order of acceptance. Telegram's own messages with login codes only if `from` is 777000. */
  messages({ from, to, ids = false }: { from?: number; to?: number; ids?: boolean } = {}): MessageView[] {
    return this.#telegram.store.state.messages
      .filter((message) => message.action === undefined)
      .filter((message) => (from === undefined ? message.from !== SERVICE_ACCOUNT_ID : message.from === from))
      .filter((message) => to === undefined || message.to === to)
      .map((message) => messageView(this.#telegram.store, message, { ids }));
  }

  /** Every "typing…" that was shown in a chat, oldest first; in every chat if `to` is undefined. */
  typing(to?: number | string): TypingView[] {
    const peer = to === undefined ? undefined : knownPeer(this.#telegram, to, 'to');
    const all = this.#telegram.typing.list().filter((notice) => peer === undefined || notice.to === peer);
    return all.map(typingView);
  }

  deliveries(randomId: string): Deliveries {
    const { accounts, fruitlessSends, messageByRandomId } = this.#telegram.store.state;
    const made = [...accounts.keys()].filter((id) => messageByRandomId.has(randomIdKey(id, randomId))).length;
    return { random_id: randomId, arrived: made + (fruitlessSends.get(randomId) ?? 0), messages: made };
  }

  /** @throws {ControlError} 404 if the account or the chat does not exist. */
  addFault(request: FaultRequest): void {
    this.#telegram.faults.add(faultOf(this.#telegram, request));
  }

  /** @throws {ControlError} 404 if the account does not exist. */
  addDifferenceFault(request: DifferenceFaultRequest): void {
    this.#telegram.faults.add(differenceFaultOf(this.#telegram, request));
  }

  /** @throws {ControlError} 404 if the account does not exist. */
  addPushFault(request: PushFaultRequest): void {
    this.#telegram.pushFaults.add(pushFaultOf(this.#telegram, request));
  }

  /** @throws {ControlError} 404 if the account does not exist. */
  addFileFault(request: FileFaultRequest): void {
    this.#telegram.fileFaults.add(fileFaultOf(this.#telegram, request));
  }

  /** The faults that are not used up. */
  faults(): (FaultView | PushFaultView | FileFaultView)[] {
    const { faults, pushFaults, fileFaults } = this.#telegram;
    return [
      ...faults.list().map(faultView),
      ...pushFaults.list().map(pushFaultView),
      ...fileFaults.list().map(fileFaultView),
    ];
  }

  clearFaults(): void {
    this.#telegram.faults.clear();
    this.#telegram.pushFaults.clear();
    this.#telegram.fileFaults.clear();
  }

  /**
   * Ends all sessions of an account; their next call gets 401 SESSION_REVOKED. @returns the number of sessions ended.
   */
  revoke(id: number): number {
    knownAccount(this.#telegram, id);
    const live = liveAuthorizations(this.#telegram, id);
    for (const { authKeyId } of live) endAuthorization(this.#telegram, authKeyId, 'SESSION_REVOKED');
    return live.length;
  }

  settings(): SandboxSettings {
    return { ...this.#telegram.settings };
  }

  changeSettings(changes: SettingsRequest): SandboxSettings {
    Object.assign(this.#telegram.settings, changes);
    return this.settings();
  }

  counters(): Counters {
    const { store, network, faults } = this.#telegram;
    const authorizations = [...store.state.authorizations.values()];
    const sessions = [...store.state.accounts.values()].flatMap(({ id, phone }) => {
      const live = liveAuthorizations(this.#telegram, id);
      const connections = live.reduce((sum, { authKeyId }) => sum + network().connections(authKeyId), 0);
      const devices = live.map(({ client: { deviceModel: device_model, appVersion: app_version } }) => {
        return { device_model, app_version };
      });
      if (live.length === 0) return [];
      return [{ id, phone: `+${phone}`, authorizations: live.length, connections, devices }];
    });
    return {
      accounts: store.state.accounts.size,
      messages: this.messages().length,
      early: faults.early,
      duplicated: authorizations.filter(
        ({ status }) => status.kind === 'ended' && status.error === 'AUTH_KEY_DUPLICATED',
      ).length,
      sessions,
    };
  }
}
