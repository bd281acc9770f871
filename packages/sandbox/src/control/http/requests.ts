import { z } from 'zod';
import { DATA_CENTERS } from '../../rpc/accounts.ts';

/** Bodies of control calls. Unknown fields are refused, because a misspelt field would have no effect unnoticed. */

const accountId = z.int().positive();
export const username = z
  .string()
  .regex(/^[A-Za-z]\w{3,31}$/, '4 to 32 of A-Z a-z 0-9 _, the first a letter');
export const accountRequest = z.strictObject({
  phone: z.string(),
  first_name: z.string().min(1).max(64),
  last_name: z.string().max(64).optional(),
  username: username.optional(),
  /** Two-factor password. */
  password: z.string().min(1).optional(),
  hint: z.string().optional(),
  /** E-mail address for sign-ins: login codes go there first. */
  email: z.email().optional(),
  /** Telegram Premium: longer captions and larger files. */
  premium: z.boolean().optional(),
  /** Home data centre. Default: the one that a test phone's number names, otherwise 2. */
  dc: z
    .int()
    .refine((id) => DATA_CENTERS.some((known) => known === id), `one of ${DATA_CENTERS.join(', ')}`)
    .optional(),
});
export type AccountRequest = z.infer<typeof accountRequest>;

/** A bot. As at Telegram, its id is the number at the start of its token. */
export const botRequest = z.strictObject({
  bot_token: z.string().regex(/^[1-9]\d{0,15}:[\w-]{20,100}$/, 'a token such as 123456:ABC…'),
  first_name: z.string().min(1).max(64),
  username: username.optional(),
});
export type BotRequest = z.infer<typeof botRequest>;

export const chatRequest = z.strictObject({
  title: z.string().min(1).max(128),
  kind: z.enum(['group', 'supergroup', 'channel']),
  /** Account ids. The first account creates the chat. */
  members: z.array(accountId).min(1),
  username: username.optional(),
});
export type ChatRequest = z.infer<typeof chatRequest>;

export const contactsRequest = z.strictObject({ id: accountId, contact_ids: z.array(accountId).min(1) });
export type ContactsRequest = z.infer<typeof contactsRequest>;

export const sessionRequest = z.strictObject({ phone: z.string() });

/** Needs exactly one of `url` and `token`, and exactly one of `id` and `phone`. */
export const loginTokenRequest = z
  .strictObject({
    /** The content of the QR code. */
    url: z.string().optional(),
    /** Base64url. */
    token: z.string().optional(),
    id: accountId.optional(),
    phone: z.string().optional(),
  })
  .refine(({ url, token }) => (url === undefined) !== (token === undefined), 'name a url or a token')
  .refine(
    ({ id, phone }) => (id === undefined) !== (phone === undefined),
    'name who scans it: an id or a phone',
  );
export type LoginTokenRequest = z.infer<typeof loginTokenRequest>;

export const revokeRequest = z.strictObject({ id: accountId });

export const settingsRequest = z
  .strictObject({
    repeated_random_id: z.enum(['error', 'original']),
    code_lifetime_seconds: z.number().positive(),
    code_tries: z.int().min(1),
    login_token_lifetime_seconds: z.number().positive(),
  })
  .partial();
export type SettingsRequest = z.infer<typeof settingsRequest>;

/** An id in a query string. */
export const idQuery = z
  .string()
  .regex(/^-?\d{1,15}$/, 'a whole number')
  .transform(Number);
/** An account or chat in a query string: an id, `@username` or `+phone`, where a space stands for the plus. */
export const peerQuery = z
  .string()
  .min(1)
  .transform((text) => text.replace(/^ /, '+'));
/** A 64-bit number, signed or unsigned. */
export const randomIdQuery = z
  .string()
  .regex(/^-?\d{1,20}$/, 'a whole number')
  .transform((text) => String(BigInt.asIntN(64, BigInt(text))));
