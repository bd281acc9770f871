import * as z from 'zod';
import { userInfoSchema } from './account.ts';
import { needs, rule } from './documented.ts';
import { networkFields } from './network.ts';
import { paceChoiceSchema } from './pace.ts';
import { proxySchema } from './proxy.ts';
import { repliesOnlyChoiceSchema } from './receiving/replies-only.ts';
import { cleanPasted } from './recipients/pasted.ts';
import { phoneNumberSchema } from './recipients/phone-number.ts';
import { userIdSchema } from './recipients/user-id.ts';
import { requestBody, requestBodyWithOneOf } from './request-body.ts';

export const authStartRequestSchema = requestBody(
  {
    user_id: userIdSchema,
    phone_number: phoneNumberSchema,
    ...networkFields,
    /** Older clients still send these two; they are ignored. */
    api_id: z.unknown().optional(),
    api_hash: z.unknown().optional(),
  },
  { nullIsValue: ['proxy'] },
);

export const authQrRequestSchema = requestBody(
  { user_id: userIdSchema, ...networkFields },
  { nullIsValue: ['proxy'] },
);

/** Body of `POST /telegram/user/proxy`. */
export const proxyRequestSchema = requestBody({
  user_id: userIdSchema,
  proxy: proxySchema.nullable().describe('null: that of the server, if it has one'),
});

export const accountRequestSchema = requestBody({ user_id: userIdSchema }).meta({ id: 'AccountRequest' });

export const paceRequestSchema = requestBodyWithOneOf(
  {
    user_id: userIdSchema,
    /** `null` returns the account to the server's pace. */
    pace: paceChoiceSchema.nullable().optional(),
    replies_only: repliesOnlyChoiceSchema
      .optional()
      .describe(
        'In private chats it then writes only to those who wrote to it within so many hours; else `NOT_A_REPLY`. false ends that',
      ),
  },
  ['pace', 'replies_only'],
  ['pace'],
).meta({
  description: '`pace`, `replies_only`, or both.',
  ...rule({ anyOf: [{ required: ['pace'], properties: { pace: {} } }, needs('replies_only')] }),
});

/** Leaves room for the whole message that contains the code. */
const MAX_CODE_LENGTH = 1_024;

export const authVerifyRequestSchema = requestBody({
  user_id: userIdSchema,
  /** Parsed by {@link parseLoginCode} once the kind of the sent code is known. A number has lost its leading zeros. */
  phone_code: z
    .union([
      z
        .string()
        .trim()
        .max(MAX_CODE_LENGTH, `must be at most ${MAX_CODE_LENGTH} characters`)
        .meta({ pattern: '[0-9A-Za-z\\u00c0-\\u02af\\u0400-\\u04ff\\u0660-\\u0669\\u06f0-\\u06f9]' }),
      z.int().nonnegative(),
    ])
    .refine((code) => typeof code === 'number' || cleanPasted(code) !== '', 'must not be empty')
    .optional(),
  password: z.string().min(1, 'must not be empty').max(1024, 'must be at most 1024 characters').optional(),
})
  .refine((body) => body.phone_code !== undefined || body.password !== undefined, {
    path: ['phone_code'],
    message: 'is needed, or password',
  })
  .meta({
    description: '`phone_code`, `password`, or both.',
    ...rule({ anyOf: [needs('phone_code'), needs('password')] }),
  });

export const disconnectRequestSchema = requestBody({
  user_id: userIdSchema,
  logout: z.boolean().default(true),
  /** With `logout: false`: deletes the account here but leaves its session valid at Telegram. */
  forget: z.boolean().default(false),
});

export const verifyResultSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('authorized'), user: userInfoSchema }).meta({ id: 'Authorized' }),
  z
    .object({ status: z.literal('password_required'), hint: z.string().nullable() })
    .meta({ id: 'PasswordNeeded' }),
]);
export type VerifyResult = z.infer<typeof verifyResultSchema>;

/** A QR code to show and scan. */
export const qrCodeSchema = z
  .object({
    status: z.literal('qr'),
    url: z.string().describe('`tg://login?token=…`, to be shown as a QR code'),
    expires_at: z.iso.datetime().describe('The code cannot be scanned later'),
  })
  .meta({ id: 'QrCode' });

/** State of a QR sign-in: the code, or the result of a scan. */
export const qrResultSchema = z.union([qrCodeSchema, verifyResultSchema]);
export type QrResult = z.infer<typeof qrResultSchema>;
