import { z } from 'zod';
import { DATA_CENTERS } from '../rpc/accounts.ts';
import { LAYERS, resultTypeOf } from '../tl/index.ts';

/** Bodies of control calls. Unknown fields are refused, because a misspelt field would have no effect unnoticed. */

const accountId = z.int().positive();
const username = z.string().regex(/^[A-Za-z]\w{3,31}$/, '4 to 32 of A-Z a-z 0-9 _, the first a letter');
const methodName = z
  .string()
  .refine(
    (name) => name === '*' || LAYERS.some((layer) => resultTypeOf(name, layer) !== undefined),
    'no method of Telegram, nor *',
  );

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

export const faultRequest = z
  .strictObject({
    phone: z.string().optional(),
    user_id: accountId.optional(),
    method: methodName,
    error: z
      .string()
      .regex(/^([A-Z0-9][A-Z0-9_]+|Timeout)$/, "one of Telegram's names, such as FLOOD_WAIT_30")
      .refine((name) => !name.endsWith('_X'), 'put a number for the X')
      .optional(),
    drop: z.enum(['before', 'after']).optional(),
    /** Transport error, e.g. -404, sent instead of an answer; then the connection is closed. */
    transport: z.int().min(-999).max(-1).optional(),
    delay_ms: z.int().min(0).max(600_000).optional(),
    times: z.int().min(1).default(1),
    /** A chat: its id (`-100…` for channels), `@username` or `+phone`. */
    peer: z.union([z.int(), z.string().min(1)]).optional(),
    /**
     * With a `…_WAIT_n` error: calls are refused until n seconds have passed, as at Telegram. Otherwise only `times`
     * calls are.
     */
    lasts: z.boolean().optional(),
    /** With an error that says the sign-in has ended: the sign-in stays valid all the same. */
    slip: z.boolean().optional(),
  })
  .refine(
    ({ error, drop, transport, delay_ms }) => (error ?? drop ?? transport ?? delay_ms) !== undefined,
    'name an error, a drop, a transport error or a delay_ms',
  )
  .refine(
    ({ error, drop, transport }) => error === undefined || (drop ?? transport) === undefined,
    'an error, or a drop or transport error, not both',
  )
  .refine(
    ({ error, lasts }) => lasts !== true || /_WAIT_\d+$/.test(error ?? ''),
    'only a wait lasts: …_WAIT_30',
  );
export type FaultRequest = z.input<typeof faultRequest>;

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
/** A 64-bit number, signed or unsigned. */
export const randomIdQuery = z
  .string()
  .regex(/^-?\d{1,20}$/, 'a whole number')
  .transform((text) => String(BigInt.asIntN(64, BigInt(text))));
