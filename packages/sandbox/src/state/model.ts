import type { ClientInfo } from '../types.ts';

/** What the sandbox's "Telegram" knows. All of it is plain data, so that it can stand in a journal. */

/**
 * A chat as one number, in the way of the Bot API: a user is its id, a basic group `-id`, a supergroup or channel
 * `-1000000000000 - id`.
 */
export type PeerId = number;

export interface Account {
  /** Above 1e6; beyond 32 bits, as ids of new accounts are at Telegram. */
  id: number;
  /** Digits, no plus. */
  phone: string;
  homeDc: number;
  firstName: string;
  lastName?: string;
  username?: string;
  password?: PasswordRecord;
  /** For sign-ins: codes go there first. */
  email?: string;
  /** A bot's, whose phone is empty. */
  botToken?: string;
}

/** What a server keeps of a two-factor password. All in hex. */
export interface PasswordRecord {
  salt1: string;
  salt2: string;
  verifier: string;
  hint?: string;
}

export type AuthorizationStatus =
  | { kind: 'authorized' }
  /** The code was right, the password is still to come. */
  | { kind: 'password_needed' }
  /** Ended from elsewhere: calls get this error. */
  | { kind: 'ended'; error: string };

/** What an auth key is signed in as. */
export interface Authorization {
  authKeyId: string;
  accountId: number;
  status: AuthorizationStatus;
  dcId: number;
  /** Unix seconds. */
  since: number;
  client: ClientInfo;
}

export type Delivery = 'app' | 'email' | 'sms' | 'call';

/** A code on its way to a phone. It works on the auth key that asked for it, and on no other. */
export interface LoginAttempt {
  hash: string;
  phone: string;
  authKeyId: string;
  code: string;
  delivery: Delivery;
  /** Unix milliseconds of the last delivery. */
  sentAt: number;
  wrongCodes: number;
  /** Used, cancelled or replaced: kept only as "the code last sent". */
  closed: boolean;
}

export interface MessageEntity {
  /** The TL name, e.g. `messageEntityTextUrl`. */
  kind: string;
  /** UTF-16 units. */
  offset: number;
  /** UTF-16 units. */
  length: number;
  url?: string;
  language?: string;
  userId?: number;
  /** A long, in decimal. */
  documentId?: string;
  collapsed?: boolean;
}

/** A message, once for all who have it. Each box that it lies in numbers it by itself. */
export interface Message {
  from: number;
  to: PeerId;
  text: string;
  entities?: MessageEntity[];
  /** Unix seconds. */
  date: number;
  /** Unix milliseconds: when it was accepted, closer than Telegram tells. Not in journals of before. */
  acceptedAt?: number;
  /** A 64-bit number, signed, in decimal; `0` where nobody chose one. */
  randomId: string;
  silent?: boolean;
  noWebpage?: boolean;
  /** The sender's id of the message that this one answers. */
  replyTo?: number;
  /** A chat was made; the text is its title. */
  action?: 'created';
  copies: MessageCopy[];
}

export interface MessageCopy {
  /** An account's id, or a channel's {@link PeerId}: whose count of messages this is. */
  box: PeerId;
  id: number;
}

type ChatKind = 'group' | 'supergroup' | 'channel';

export interface Chat {
  peer: PeerId;
  kind: ChatKind;
  title: string;
  username?: string;
  /** Account ids; the first one made it. */
  members: number[];
  date: number;
}

/** A QR login: shown by the key that asked, accepted by somebody who is signed in. */
export interface LoginToken {
  /** Hex. */
  token: string;
  authKeyId: string;
  client: ClientInfo;
  /** Unix milliseconds. */
  expiresAt: number;
  acceptedBy?: number;
}

export interface StoredAuthKey {
  id: string;
  dcId: number;
  /** Hex. */
  key: string;
  /** Hex. */
  salt: string;
  /** That the key's client speaks, once it has said so. */
  layer?: number;
}
