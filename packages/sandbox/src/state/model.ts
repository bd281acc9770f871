import type { ClientInfo } from '../types.ts';
import type { Media } from './media.ts';

/** The data of the sandbox's "Telegram". All of it is plain JSON data, because it is stored in a journal. */

/**
 * A chat as one number, as in the Bot API: a user's id, `-id` for a basic group, `-1000000000000 - id` for a supergroup
 * or channel.
 */
export type PeerId = number;

export interface Account {
  /** Above 1e6. Ids of new accounts exceed 32 bits, as at Telegram. */
  id: number;
  /** Digits, no plus. */
  phone: string;
  homeDc: number;
  firstName: string;
  lastName?: string;
  username?: string;
  isPremium?: true;
  password?: PasswordRecord;
  /** E-mail address for sign-ins: login codes go there first. */
  email?: string;
  /** Only for bots. A bot's phone is empty. */
  botToken?: string;
  /** Only for bots without a client: the sandbox answers for them. */
  autoReply?: AutoReply;
}

/** How the sandbox answers for a bot. */
interface AutoReply {
  /** Below the reply to every message. */
  buttons: InlineButton[][];
  /** What a press is answered with; absent: a press is not answered. */
  answer?: string;
}

/** What a server stores of a two-factor password. `salt1`, `salt2` and `verifier` are hex. */
export interface PasswordRecord {
  salt1: string;
  salt2: string;
  verifier: string;
  hint?: string;
}

export type AuthorizationStatus =
  | { kind: 'authorized' }
  /** The first step of the sign-in is done; the password is missing. */
  | { kind: 'password_needed' }
  /** Ended by somebody else: calls with the key get this error. */
  | { kind: 'ended'; error: string };

/** The sign-in of an auth key. */
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

/** A login code sent to a phone. Only the auth key that requested it can use it. */
export interface LoginAttempt {
  hash: string;
  phone: string;
  authKeyId: string;
  code: string;
  delivery: Delivery;
  /** Unix milliseconds of the last delivery. */
  sentAt: number;
  wrongCodes: number;
  /** Used, cancelled or replaced. Kept only as "the code last sent". */
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
  /** A long in decimal. */
  documentId?: string;
  collapsed?: boolean;
  /** Added by Telegram, not sent by the client. */
  detected?: true;
}

/** A message, stored once for all its readers. Each box gives it an id of its own. */
export interface Message {
  from: number;
  to: PeerId;
  text: string;
  entities?: MessageEntity[];
  /** Unix seconds. */
  date: number;
  /** Unix milliseconds of acceptance, more precise than `date`. Absent in older journals. */
  acceptedAt?: number;
  /** A signed 64-bit number in decimal; `0` for messages that no client sent. */
  randomId: string;
  silent?: boolean;
  noWebpage?: boolean;
  /** The sender's id of the message that this one replies to. */
  replyTo?: number;
  /** Unix seconds of the last edit. */
  editDate?: number;
  /** The boxes whose copies were deleted. */
  deletedIn?: PeerId[];
  /** The boxes that show the message as pinned. */
  pinnedIn?: PeerId[];
  reactions?: MessageReaction[];
  /** Unix seconds of the last change of the reactions. */
  reactedAt?: number;
  forwardedFrom?: ForwardOrigin;
  /** The quoted part of the message in `replyTo`. */
  quote?: Quote;
  /** The forum topic: the id of its first message. */
  topicId?: number;
  /** `text` is the caption. */
  media?: Media;
  /** The album: a signed 64-bit number in decimal. */
  groupedId?: string;
  /** Rows of inline buttons below a bot's message. */
  buttons?: InlineButton[][];
  /** Only for service messages. */
  action?: MessageAction;
  /** The account that `left`. */
  actionUser?: number;
  /** The accounts that were `added`. */
  actionUsers?: number[];
  copies: MessageCopy[];
}

/** What a service message tells. `text` is the title of a created or renamed chat, or of a topic. */
type MessageAction =
  | 'created'
  | 'pinned'
  | 'added'
  | 'joined'
  | 'joined_by_link'
  | 'joined_by_request'
  | 'left'
  | 'title_changed'
  | 'topic_created';

/** An account's reactions to a message. */
interface MessageReaction {
  accountId: number;
  emoji: string[];
  /** Unix seconds. */
  date: number;
}

export interface Quote {
  text: string;
  /** UTF-16 units in the original. */
  offset?: number;
}

export interface InlineButton {
  text: string;
  /** The bytes that the client sends back when the button is pressed, as Latin-1. */
  data: string;
}

/** Where a forwarded message was written first. */
export interface ForwardOrigin {
  /** The author, or the channel of a post. */
  from: PeerId;
  /** Unix seconds. */
  date: number;
  /** The id of the channel post. */
  postId?: number;
}

export interface MessageCopy {
  /** The box that numbers this copy: an account's id, or a channel's {@link PeerId}. */
  box: PeerId;
  id: number;
}

type ChatKind = 'group' | 'supergroup' | 'channel';

export interface Chat {
  peer: PeerId;
  kind: ChatKind;
  title: string;
  username?: string;
  /** The ids of the accounts in the chat. */
  members: number[];
  /** When members joined, Unix seconds, by the account's id; absent: when the chat was created. */
  joinedAt?: Record<number, number>;
  /** The account that created the chat; absent: the first member. */
  creator?: number;
  /** Administrators beside the creator. */
  admins?: number[];
  /** Accounts that were removed, and not added again. */
  removed?: number[];
  /** Rises with each change of a basic group's members; absent: 1. */
  version?: number;
  /** Accounts that have asked to join. */
  requested?: number[];
  /** An administrator must approve who joins. */
  joinRequests?: true;
  /** The chat has topics. */
  forum?: true;
  /** Seconds between two messages of a member. */
  slowMode?: number;
  date: number;
}

/** A token of a QR sign-in. The key that requested it shows it, and a signed-in account accepts it. */
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
  /** The layer that the key's client speaks, once known. */
  layer?: number;
}

/** A pressed button of a bot's message. */
export interface ButtonPress {
  from: number;
  bot: number;
  /** The presser's id of the message. */
  messageId: number;
  data: string;
  /** Unix milliseconds. */
  at: number;
}
