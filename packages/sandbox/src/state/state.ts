import { ptsOfMailbox, type Mailbox } from './mailbox.ts';
import type { StoredFile } from './media.ts';
import type { MessageEvent } from './message-events.ts';
import type {
  Account,
  Authorization,
  ButtonPress,
  Chat,
  LoginAttempt,
  LoginToken,
  Message,
  PeerId,
  StoredAuthKey,
} from './model.ts';

/** Random values generated with a new state. */
export interface Foundation {
  /** Hex. Access hashes are derived from this secret. */
  secret: string;
  /** The servers' RSA private key, PEM (PKCS #8). */
  rsaPrivateKey: string;
}

/** The ports chosen earlier. The other data centres' ports need not follow the main one's: some may have been taken. */
export interface ChosenPorts {
  main: number;
  /** By data centre id. */
  others: Record<string, number>;
}

/** The whole state, with indexes. Only `applyEvent` changes it. */
export interface State {
  foundation: Foundation | undefined;
  ports: ChosenPorts | undefined;
  accounts: Map<number, Account>;
  accountByPhone: Map<string, Account>;
  /** By username in lower case. */
  accountByUsername: Map<string, Account>;
  /** By auth key id. */
  authorizations: Map<string, Authorization>;
  /** The auth keys of all sign-ins of an account, also of ended ones. */
  authKeysOf: Map<number, Set<string>>;
  /** By hash. */
  attempts: Map<string, LoginAttempt>;
  /** By phone: the login attempt that was last sent. */
  lastAttempt: Map<string, LoginAttempt>;
  chats: Map<PeerId, Chat>;
  contacts: Map<number, Set<number>>;
  boxes: Map<PeerId, Mailbox>;
  /** In the order of acceptance. */
  messages: Message[];
  /** In the order of application. */
  messageEvents: MessageEvent[];
  /** By {@link readKey}: the last message id that an account has read in a chat. */
  readInbox: Map<string, number>;
  /** By {@link readKey}: the last id of the account's own messages that others have read in a chat. */
  readOutbox: Map<string, number>;
  /** By {@link randomIdKey}. */
  messageByRandomId: Map<string, Message>;
  /** How many sends created no message, by random id. */
  fruitlessSends: Map<string, number>;
  /** Every pressed button, oldest first. */
  presses: ButtonPress[];
  /** By id. */
  files: Map<string, StoredFile>;
  /** By file id: how many times the references to the file have expired. */
  expiredReferences: Map<string, number>;
  loginTokens: Map<string, LoginToken>;
  authKeys: Map<string, StoredAuthKey>;
}

export function emptyState(): State {
  return {
    foundation: undefined,
    ports: undefined,
    accounts: new Map(),
    accountByPhone: new Map(),
    accountByUsername: new Map(),
    authorizations: new Map(),
    authKeysOf: new Map(),
    attempts: new Map(),
    lastAttempt: new Map(),
    chats: new Map(),
    contacts: new Map(),
    boxes: new Map(),
    messages: [],
    messageEvents: [],
    readInbox: new Map(),
    readOutbox: new Map(),
    messageByRandomId: new Map(),
    fruitlessSends: new Map(),
    presses: [],
    files: new Map(),
    expiredReferences: new Map(),
    loginTokens: new Map(),
    authKeys: new Map(),
  };
}

/** The key of `messageByRandomId`. Telegram keeps random ids per account. */
export function randomIdKey(accountId: number, randomId: string): string {
  return `${accountId}:${randomId}`;
}

/** The key of `readInbox` and `readOutbox`. */
export function readKey(accountId: number, peer: PeerId): string {
  return `${accountId}:${peer}`;
}

/** The chat that a message belongs to, for the owner of the box. */
export function chatOf(message: Message, box: PeerId): PeerId {
  return message.to < 0 || message.from === box ? message.to : message.from;
}

/** A message's id in a box; undefined if the box does not have the message. */
export function idIn(message: Message, box: PeerId): number | undefined {
  return message.copies.find((copy) => copy.box === box)?.id;
}

/** The message with this id in a box; undefined if there is none, or it was deleted. */
export function messageIn(state: Readonly<State>, box: PeerId, id: number): Message | undefined {
  return state.boxes.get(box)?.messages[id - 1];
}

export function ptsOf(state: Readonly<State>, box: PeerId): number {
  return ptsOfMailbox(state.boxes.get(box));
}
