import {
  exportRequestSchema,
  exportResponseSchema,
  importRequestSchema,
  signedInSchema,
} from '@gateway/contracts';
import { INTERACTIVE } from './error-groups.ts';
import type { Operation } from './operation.ts';

export const SESSION_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/telegram/user/import',
    id: 'importSession',
    tag: 'Sign-in',
    summary: 'Import a session',
    description:
      'A string session of GramJS, Telethon, Pyrogram or mtcute, a session file of the last three in base64, or a backup with its `passphrase`. Quotes, line breaks and a name such as `SESSION=` around it are ignored. Stop the program that uses it first: Telegram ends a session that two use at once.',
    request: {
      schema: importRequestSchema,
      examples: { string: { user_id: 'alice', session: '1AgAOMTQ5LjE1NC4x…', exclusive: true } },
    },
    answers: { 200: { description: 'Signed in.', schema: signedInSchema } },
    errors: [...INTERACTIVE, 'RATE_LIMITED', 'ALREADY_AUTHORIZED', 'SESSION_IN_USE', 'NOT_AUTHORIZED'],
  },
  {
    method: 'post',
    path: '/telegram/user/export',
    id: 'exportSession',
    tag: 'Account',
    summary: 'Export a sealed backup of an account',
    description: 'Sealed by the passphrase. `detach` stops the account here, to use it elsewhere.',
    request: {
      schema: exportRequestSchema,
      examples: { backup: { user_id: 'alice', passphrase: 'correct horse battery' } },
    },
    answers: { 200: { description: 'The backup.', schema: exportResponseSchema } },
    errors: [...INTERACTIVE, 'RATE_LIMITED', 'NOT_AUTHORIZED'],
  },
];
