import { describeCharacter } from './pasted.ts';
import { parsePhoneNumber } from './phone-number.ts';

/** The chat that a message goes to, in one of the forms of `recipient_id`. Ids are decimal strings. */
export type Recipient =
  | { kind: 'self' }
  /** A user's positive id, as bots and apps show it. */
  | { kind: 'user'; id: string }
  /** A basic group: `-123`. */
  | { kind: 'chat'; id: string }
  /** A channel or supergroup: `-100…`; `id` excludes the `-100`. */
  | { kind: 'channel'; id: string }
  /** Without `@`, in lower case because Telegram's usernames are case-insensitive. */
  | { kind: 'username'; username: string }
  /** E.164 with the plus. */
  | { kind: 'phone'; phone: string };

// Telegram's own bounds: core.telegram.org/api/bots/ids, and UserId.h, ChatId.h, ChannelId.h of TDLib.
const MAX_USER = 2 ** 40 - 1;
const MAX_CHAT = 999_999_999_999;
const MAX_CHANNEL = 997_852_516_352;
/** Ids of channels that hold another channel's direct messages. */
const MONOFORUMS = { from: 1_002_147_483_649, to: 3_000_000_000_000 };
/** The Bot API shows a channel as -100 followed by its id, i.e. -(10^12 + id). */
const CHANNEL_MARK = 1_000_000_000_000;
/** More digits than any Telegram id has. */
const TOO_LONG = 14;

/** Names of 3 letters exist (@gif, @vid). Ordinary names have at least 5 characters, bought ones at least 4. */
const USERNAME = /^[A-Za-z][A-Za-z0-9_]{2,31}$/;

const NO_ID = 'is not an id that Telegram gives out';

/** @param text decimal digits, with a minus for groups and channels. */
export function fromId(text: string): Recipient | string {
  const digits = text.replace(/^-/, '');
  if (digits.startsWith('0'))
    return `${NO_ID}: ids do not begin with 0, and a phone number begins with + and the country code`;
  if (!text.startsWith('-')) return fromUserId(digits);
  if (digits.length >= TOO_LONG) return NO_ID;
  const marked = Number(digits);
  if (marked <= MAX_CHAT) return { kind: 'chat', id: digits };
  const channel = marked - CHANNEL_MARK;
  if (channel === 0) return NO_ID;
  const isSecret = channel > MAX_CHANNEL && channel < MONOFORUMS.from;
  return isSecret ? `${NO_ID} to a chat: it is one of a secret chat` : fromChannelId(String(channel));
}

export function fromUserId(digits: string): Recipient | string {
  if (isBelow(digits, MAX_USER)) return { kind: 'user', id: digits };
  return /^[1-9]\d{6,14}$/.test(digits) ? `${NO_ID}: a phone number needs its +` : NO_ID;
}

/** @param digits without the `-100`, as in links to private channels. */
export function fromChannelId(digits: string): Recipient | string {
  const id = Number(digits);
  const isOne = isBelow(digits, MAX_CHANNEL) || (isBelow(digits, MONOFORUMS.to) && id >= MONOFORUMS.from);
  return isOne ? { kind: 'channel', id: digits } : NO_ID;
}

function isBelow(digits: string, most: number): boolean {
  return /^[1-9]\d*$/.test(digits) && digits.length < TOO_LONG && Number(digits) <= most;
}

export function fromPhone(text: string): Recipient | string {
  const parsed = parsePhoneNumber(text);
  return typeof parsed === 'string' ? parsed : { kind: 'phone', phone: parsed.phone };
}

/** @param name with or without `@`. */
export function fromUsername(name: string): Recipient | string {
  const bare = name.startsWith('@') ? name.slice(1) : name;
  if (USERNAME.test(bare)) return { kind: 'username', username: bare.toLowerCase() };
  const strange = /[^A-Za-z0-9_]/u.exec(bare)?.[0];
  const rule = 'is not a username: those have 3 to 32 characters of a-z, 0-9 and _, and begin with a letter';
  if (strange === undefined) return rule;
  return `${rule}. It holds ${describeCharacter(strange)}`;
}

/** The text form of a recipient that every version of the gateway accepts. */
export function recipientText(recipient: Recipient): string {
  switch (recipient.kind) {
    case 'self':
      return 'me';
    case 'user':
      return recipient.id;
    case 'chat':
      return `-${recipient.id}`;
    case 'channel':
      return String(-CHANNEL_MARK - Number(recipient.id));
    case 'username':
      return `@${recipient.username}`;
    case 'phone':
      return recipient.phone;
  }
}
