import {
  authQrRequestSchema,
  errorResponseSchema,
  qrCodeSchema,
  qrResponseSchema,
  verifyResultSchema,
} from '@gateway/contracts';
import * as z from 'zod';
import { BY_WORKER, GUARDED, INTERACTIVE } from './error-groups.ts';
import type { Operation } from './operation.ts';

/** The data of each event; one schema per event name. */
const eventSchema = z.union([qrCodeSchema, verifyResultSchema, errorResponseSchema]);

export const QR_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/telegram/user/auth/qr',
    id: 'startQrSignIn',
    tag: 'Sign-in',
    summary: 'Begin a sign-in by QR code',
    description:
      'The owner scans `url` as a QR code in the Telegram app (Settings, Devices, Link Desktop Device); watch the stream or the status. Another call answers with the current code, or as `verify` once it was scanned. Cancels an unfinished sign-in by login code.',
    request: { schema: authQrRequestSchema, examples: { account: { user_id: 'alice' } } },
    answers: {
      200: { description: 'The code to scan, or what came of a scan.', schema: qrResponseSchema },
    },
    errors: [...INTERACTIVE, 'ALREADY_AUTHORIZED', 'API_ID_INVALID', 'RATE_LIMITED'],
  },
  {
    method: 'get',
    path: '/telegram/user/auth/qr/{user_id}',
    id: 'watchQrSignIn',
    tag: 'Sign-in',
    summary: 'Watch a QR sign-in',
    description:
      'Server-sent events: `qr` at once and at each renewal of the code, then `authorized`, `password_required` (send the password by `verify`) or `error`. It begins no sign-in; one without a scan ends after ten minutes.',
    parameters: ['UserId'],
    answers: { 200: { description: 'The events.', eventStream: eventSchema } },
    errors: [...GUARDED, 'VALIDATION', ...BY_WORKER, 'AUTH_NOT_STARTED', 'ALREADY_AUTHORIZED'],
  },
];
