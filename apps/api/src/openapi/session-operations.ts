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
    summary: 'Bring a session along',
    description:
      'A string session of GramJS, Telethon, Pyrogram (and its forks) or mtcute, a session file of Telethon, Pyrogram or mtcute in base64, or a backup with its `passphrase`. Line breaks, quotes and a name such as `SESSION=` around it are ignored. Stop whatever else uses it first: Telegram ends a session that two use at once.',
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
    summary: 'A sealed backup of an account',
    description:
      'Sealed by the passphrase; `/telegram/user/import` takes it back. With `detach` the account stops here, since it is to be used elsewhere.',
    request: {
      schema: exportRequestSchema,
      examples: { backup: { user_id: 'alice', passphrase: 'correct horse battery' } },
    },
    answers: { 200: { description: 'The backup.', schema: exportResponseSchema } },
    errors: [...INTERACTIVE, 'RATE_LIMITED', 'NOT_AUTHORIZED'],
  },
];
