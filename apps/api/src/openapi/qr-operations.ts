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
    summary: 'Sign in by a QR code',
    description:
      'Show `url` as a QR code. The owner scans it in the Telegram app (Settings, Devices, Link Desktop Device) before `expires_at`; watch the stream or the status. Another call answers with the current code, renewed if it is about to expire, or as `verify` if it was scanned already. An unfinished sign-in by login code is cancelled.',
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
      'Server-sent events: `qr` with the code at once and each time that it is renewed, then `authorized` with the user, `password_required` with the hint (verify brings the password), or `error` with a code. It begins no sign-in; one that nobody scans for ten minutes is given up.',
    parameters: ['UserId'],
    answers: { 200: { description: 'The events.', eventStream: eventSchema } },
    errors: [...GUARDED, 'VALIDATION', ...BY_WORKER, 'AUTH_NOT_STARTED', 'ALREADY_AUTHORIZED'],
  },
];
