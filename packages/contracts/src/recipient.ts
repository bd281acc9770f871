import * as z from 'zod';

/** Whom a message goes to, as one of the forms that `recipient_id` takes. Ids are decimal strings: Telegram's are 64-bit. */
export type Recipient =
  | { kind: 'self' }
  /** A positive id of a user, as bots and apps show it. */
  | { kind: 'user'; id: string }
  /** A basic group: `-123`. */
  | { kind: 'chat'; id: string }
  /** A channel or supergroup: `-100…`; `id` is without the mark. */
  | { kind: 'channel'; id: string }
  /** Without `@`, lower case: Telegram's usernames are case-insensitive. */
  | { kind: 'username'; username: string }
  /** E.164 with the plus. */
  | { kind: 'phone'; phone: string };

const USERNAME = /^[A-Za-z][A-Za-z0-9_]{2,31}$/;
const LINK = /^(?:https?:\/\/)?(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)\/([^/?#]+)\/?(?:[?#].*)?$/i;
const MAX_ID = 2n ** 63n - 1n;
/** Bot API's mark: a channel's id is shown as -100 followed by it, i.e. -(10^12 + id). */
const CHANNEL_MARK = 1_000_000_000_000n;

/** The recipient that a `recipient_id` names, or a sentence that says why it names none. */
export function parseRecipient(input: string | number): Recipient | string {
  const text = String(input).trim();
  if (text === 'me' || text === 'self') return { kind: 'self' };
  if (/^-?\d+$/.test(text)) return parseNumericId(BigInt(text));
  if (/^\+[\d\s()-]+$/.test(text)) {
    const phone = text.replace(/[\s()-]/g, '');
    return /^\+[1-9]\d{6,14}$/.test(phone)
      ? { kind: 'phone', phone }
      : 'is not a phone number in E.164, such as +79991234567';
  }
  const link = LINK.exec(text);
  if (link?.[1] !== undefined) return parseLinkName(link[1]);
  const name = text.startsWith('@') ? text.slice(1) : text;
  if (USERNAME.test(name)) return { kind: 'username', username: name.toLowerCase() };
  return 'must be a numeric id, @username, +phone, me, https://t.me/name or -100… for a channel';
}

function parseLinkName(name: string): Recipient | string {
  if (name.startsWith('+') || name.toLowerCase() === 'joinchat') {
    return 'is an invite link: join the chat with this account first, then use its -100… id';
  }
  if (name.toLowerCase() === 'c') return 'is a link to a private channel: use its -100… id';
  return USERNAME.test(name)
    ? { kind: 'username', username: name.toLowerCase() }
    : 'is a link without a valid username';
}

function parseNumericId(id: bigint): Recipient | string {
  if (id === 0n || id > MAX_ID || id < -MAX_ID) return 'is not an id that Telegram gives out';
  if (id > 0n) return { kind: 'user', id: String(id) };
  if (-id > CHANNEL_MARK) return { kind: 'channel', id: String(-id - CHANNEL_MARK) };
  return { kind: 'chat', id: String(-id) };
}

/** `recipient_id` of a request: a string or a whole number that {@link parseRecipient} understands; kept as the trimmed string. */
export const recipientIdSchema = z
  .union([
    z.string().max(256, 'must be at most 256 characters'),
    z.int('must be a whole number that JavaScript can hold; send large ids as strings'),
  ])
  .transform((value) => String(value).trim())
  .superRefine((value, context) => {
    const parsed = parseRecipient(value);
    if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: parsed });
  });
