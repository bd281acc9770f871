import * as z from 'zod';
import { networkFields } from './network.ts';
import { userIdSchema } from './recipients/user-id.ts';
import { requestBody } from './request-body.ts';

/** Import and export of sessions. */

const passphraseSchema = z
  .string()
  .min(12, 'must be at least 12 characters')
  .max(1_024, 'must be at most 1024 characters');

export const importRequestSchema = requestBody(
  {
    user_id: userIdSchema,
    /**
     * A string session of GramJS, Telethon, Pyrogram or mtcute, a session file of Telethon, Pyrogram or mtcute in
     * base64, or a backup. The API parses it.
     */
    session: z.string().trim().min(1, 'must not be empty').meta({ pattern: '\\S' }),
    /** Passphrase of a backup. */
    passphrase: z.string().max(1_024, 'must be at most 1024 characters').optional(),
    /** The caller's word that nobody else uses the session. Telegram ends a session that two clients use at once. */
    exclusive: z.literal(
      true,
      'must be true: stop the program that uses this session first, since Telegram ends a session that two use at once (AUTH_KEY_DUPLICATED)',
    ),
    ...networkFields,
  },
  { nullIsValue: ['proxy'] },
);

export const exportRequestSchema = requestBody({
  user_id: userIdSchema,
  /** Seals the backup. */
  passphrase: passphraseSchema,
  /** The session will be used elsewhere: the account stops here until it is resumed. */
  detach: z.boolean().default(false),
});

export const exportResponseSchema = z.object({
  status: z.literal('ok'),
  message: z.string(),
  job_id: z.string(),
  backup: z.string().describe('For `/telegram/user/import`'),
});
