import type {
  Account,
  Authorization,
  Chat,
  LoginAttempt,
  LoginToken,
  Message,
  PeerId,
  StoredAuthKey,
} from './model.ts';

/** One count of messages: an account's (private chats and basic groups) or a channel's. */
interface Mailbox {
  /** A message's id is its place plus one. */
  messages: Message[];
  /** Message ids by chat, ascending; in the order in which the chats began. */
  chats: Map<PeerId, number[]>;
}

/** What was drawn by lot when the state began. */
export interface Foundation {
  /** Hex. Access hashes are derived from it. */
  secret: string;
  /** The server's RSA key, PEM (PKCS #8). */
  rsaPrivateKey: string;
}

/** The ports of the data centres beside the main one, which another program may have forced off their places. */
export interface ChosenPorts {
  main: number;
  /** By data centre. */
  others: Record<string, number>;
}

/** Everything, with the indexes that look-ups need. Changed by `applyEvent` alone. */
export interface State {
  foundation: Foundation | undefined;
  ports: ChosenPorts | undefined;
  accounts: Map<number, Account>;
  accountByPhone: Map<string, Account>;
  /** By name in lower case. */
  accountByUsername: Map<string, Account>;
  /** By auth key. */
  authorizations: Map<string, Authorization>;
  /** The auth keys that an account is, or was, signed in by. */
  authKeysOf: Map<number, Set<string>>;
  /** By hash. */
  attempts: Map<string, LoginAttempt>;
  /** By phone: the one last sent. */
  lastAttempt: Map<string, LoginAttempt>;
  chats: Map<PeerId, Chat>;
  contacts: Map<number, Set<number>>;
  boxes: Map<PeerId, Mailbox>;
  /** In the order in which they were accepted. */
  messages: Message[];
  /** By {@link randomIdKey}. */
  messageByRandomId: Map<string, Message>;
  /** Sends that made no message, by random id. */
  fruitlessSends: Map<string, number>;
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
    messageByRandomId: new Map(),
    fruitlessSends: new Map(),
    loginTokens: new Map(),
    authKeys: new Map(),
  };
}

/** Telegram remembers random ids per account. */
export function randomIdKey(accountId: number, randomId: string): string {
  return `${accountId}:${randomId}`;
}

/** The chat in which the owner of a box sees a message. */
export function chatOf(message: Message, box: PeerId): PeerId {
  return message.to < 0 || message.from === box ? message.to : message.from;
}

/** A message's id in a box, where it lies in it. */
export function idIn(message: Message, box: PeerId): number | undefined {
  return message.copies.find((copy) => copy.box === box)?.id;
}

/** The number of the last change of a box: one for each message, from 1 for an empty box. */
export function ptsOf(state: Readonly<State>, box: PeerId): number {
  return (state.boxes.get(box)?.messages.length ?? 0) + 1;
}
