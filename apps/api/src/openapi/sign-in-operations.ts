import {
  accountRequestSchema,
  authStartRequestSchema,
  authVerifyRequestSchema,
  codeSentResponseSchema,
  doneResponseSchema,
  verifyResponseSchema,
} from '@gateway/contracts';
import { CODE, INTERACTIVE } from './error-groups.ts';
import type { Operation } from './operation.ts';

const ALICE = { user_id: 'alice' };
const CODE_SENT = {
  name: 'CodeSent',
  description: 'Telegram has sent a code.',
  schema: codeSentResponseSchema,
  example: {
    status: 'code_sent',
    message: 'Code sent to Telegram',
    job_id: 'auth-3-1',
    phone_code_hash: 'abc123',
    delivery: 'app',
    next_delivery: 'sms',
    code_length: 5,
    timeout: 60,
  },
};
const accountRequest = { name: 'Account', schema: accountRequestSchema, examples: { account: ALICE } };

export const SIGN_IN_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/telegram/user/auth/start',
    id: 'startSignIn',
    tag: 'Sign-in',
    summary: 'Ask Telegram for a login code',
    description:
      '`user_id` is your own name for the account. Absent fields keep their values; `api_id` and `api_hash` are ignored.',
    request: {
      schema: authStartRequestSchema,
      examples: { sandbox: { ...ALICE, phone_number: '+9996627101' } },
    },
    answers: { 200: CODE_SENT },
    errors: [...INTERACTIVE, ...CODE],
  },
  {
    method: 'post',
    path: '/telegram/user/auth/resend',
    id: 'resendCode',
    tag: 'Sign-in',
    summary: 'Send the code again, by the next delivery',
    description: 'Such as an SMS after a message in the app.',
    request: accountRequest,
    answers: { 200: CODE_SENT },
    errors: [...INTERACTIVE, ...CODE, 'AUTH_NOT_STARTED', 'PHONE_CODE_EXPIRED'],
  },
  {
    method: 'post',
    path: '/telegram/user/auth/cancel',
    id: 'cancelSignIn',
    tag: 'Sign-in',
    summary: 'Cancel a sign-in',
    description: 'Forgets the unfinished sign-in.',
    request: accountRequest,
    answers: { 200: { description: 'Forgotten.', schema: doneResponseSchema } },
    errors: [...INTERACTIVE, 'AUTH_NOT_STARTED', 'ALREADY_AUTHORIZED'],
  },
  {
    method: 'post',
    path: '/telegram/user/auth/verify',
    id: 'verifyCode',
    tag: 'Sign-in',
    summary: 'Sign in by the code, the password, or both',
    description:
      'Without the two-factor password of the account the answer is `password_required`; the next call may carry the password alone. After a wrong code send the right one.',
    request: {
      schema: authVerifyRequestSchema,
      examples: {
        code: { ...ALICE, phone_code: '22222' },
        password: { ...ALICE, password: 'correct horse' },
      },
    },
    answers: {
      200: {
        description: 'Signed in, or the password is needed.',
        schema: verifyResponseSchema,
        example: {
          status: 'authorized',
          message: 'Successfully authorized',
          job_id: 'auth-3-2',
          user: {
            id: 987654321,
            first_name: 'Alice',
            last_name: null,
            username: 'alice_example',
            phone_number: '+9996627101',
          },
        },
      },
    },
    errors: [
      ...INTERACTIVE,
      'PHONE_CODE_INVALID',
      'PHONE_CODE_EXPIRED',
      'PASSWORD_INVALID',
      'PHONE_NUMBER_UNOCCUPIED',
      'PHONE_NUMBER_BANNED',
      'AUTH_NOT_STARTED',
      'ALREADY_AUTHORIZED',
      'API_ID_INVALID',
      'RATE_LIMITED',
    ],
  },
];
