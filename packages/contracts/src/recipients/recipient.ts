import * as z from 'zod';
import { RECIPIENT } from '../documented.ts';
import { unwrapPasted } from './pasted.ts';
import { fromId, fromPhone, fromUsername, recipientText, type Recipient } from './recipient-forms.ts';
import { fromLink } from './telegram-links.ts';

/** Long enough for a link with a start parameter. */
const MAX_LENGTH = 1_024;

/** Parses a `recipient_id`: the recipient that it names, or a sentence on why it names none. */
export function parseRecipient(input: string | number): Recipient | string {
  const text = unwrapPasted(String(input));
  if (/^(?:me|self)$/i.test(text)) return { kind: 'self' };
  if (/^-?\d+$/.test(text)) return fromId(text);
  if (/^[\s(]*\+|^tel:/i.test(text)) return fromPhone(text);
  if (/^[\w@]\w*$/.test(text)) return fromUsername(text);
  return fromLink(text) ?? whyNone(text);
}

function whyNone(text: string): string {
  if (/^[\d\s()./-]+$/.test(text) && /\d/.test(text))
    return 'is neither an id, which has digits alone, nor a phone number, which begins with + and the country code';
  if (/^@?[\p{L}\p{M}\p{N}\p{S}_@]+$/u.test(text) && text !== '@') return fromUsername(text) as string;
  return 'must be a numeric id, @username, +phone, me (Saved Messages), a link such as https://t.me/name, or -100… for a channel';
}

/**
 * The forms that the API accepted from the start; they stay as the caller wrote them. The digest of a request under an
 * Idempotency-Key contains this text, and a repeat must match a request stored before other forms were accepted.
 */
const KEPT: Readonly<Record<Recipient['kind'], RegExp>> = {
  self: /^(?:me|self)$/,
  user: /^\d+$/,
  chat: /^-\d+$/,
  channel: /^-\d+$/,
  phone: /^\+[\d\s()-]+$/,
  username:
    /^@?[a-z]\w{2,31}$|^(?:https?:\/\/)?(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)\/[a-z]\w{2,31}\/?(?:[?#].*)?$/i,
};

/** `recipient_id` of a request: a string or a whole number that {@link parseRecipient} accepts. */
export const recipientIdSchema = z
  .union([
    z.string().max(MAX_LENGTH, `must be at most ${MAX_LENGTH} characters`),
    z.int('must be a whole number that JavaScript can hold; send large ids as strings'),
  ])
  .meta({ id: 'RecipientId', ...RECIPIENT })
  .transform((value, context) => {
    const text = String(value).trim();
    const parsed = parseRecipient(text);
    if (typeof parsed !== 'string') return KEPT[parsed.kind].test(text) ? text : recipientText(parsed);
    context.addIssue({ code: 'custom', message: parsed });
    return z.NEVER;
  });
