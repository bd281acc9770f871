import {
  accountRequestSchema,
  accountStateResponseSchema,
  disconnectRequestSchema,
  doneResponseSchema,
  errorResponseSchema,
  healthResponseSchema,
  jobResponseSchema,
  paceRequestSchema,
  paceResponseSchema,
  proxyRequestSchema,
  proxyResponseSchema,
  receiveRequestSchema,
  statusResponseSchema,
  typingRequestSchema,
  typingResponseSchema,
} from '@gateway/contracts';
import * as z from 'zod';
import { ACTION_OPERATIONS } from './action-operations.ts';
import { ASSISTANT_OPERATIONS } from './assistant-operations.ts';
import { ACCOUNT, BY_WORKER, GUARDED, INTERACTIVE } from './error-groups.ts';
import { FILE_OPERATIONS } from './file-operations.ts';
import { LISTING_OPERATIONS } from './listing-operations.ts';
import type { Operation } from './operation.ts';
import { QR_OPERATIONS } from './qr-operations.ts';
import { READING_OPERATIONS } from './reading-operations.ts';
import { SESSION_OPERATIONS } from './session-operations.ts';
import { SIGN_IN_OPERATIONS } from './sign-in-operations.ts';
import { UPDATE_OPERATIONS } from './update-operations.ts';
import { UPLOAD_OPERATIONS } from './upload-operations.ts';
import { WEBHOOK_OPERATIONS } from './webhook-operations.ts';

const ALICE = { user_id: 'alice' };
const accountRequest = { name: 'Account', schema: accountRequestSchema, examples: { account: ALICE } };

/** Every documented operation of the API. */
export const OPERATIONS: readonly Operation[] = [
  ...SIGN_IN_OPERATIONS,
  ...QR_OPERATIONS,
  ...SESSION_OPERATIONS,
  {
    method: 'get',
    path: '/telegram/user/status/{user_id}',
    id: 'accountStatus',
    tag: 'Account',
    summary: 'Read the status of an account',
    description: 'As its worker last published it. An account that was never seen has the state `none`.',
    parameters: ['UserId', 'Live'],
    answers: { 200: { description: 'The status.', schema: statusResponseSchema } },
    errors: [...GUARDED, 'VALIDATION', ...BY_WORKER],
  },
  {
    method: 'post',
    path: '/telegram/user/chat/typing',
    id: 'showTyping',
    tag: 'Sending',
    summary: 'Show an account as typing',
    description:
      'Answers at once, and queues nothing. Nothing is shown while the account or the chat is held.',
    request: {
      schema: typingRequestSchema,
      examples: { typing: { ...ALICE, recipient_id: '+9996627102', ms: 8_000 } },
    },
    answers: { 200: { description: 'Shown, or not.', schema: typingResponseSchema } },
    errors: [...INTERACTIVE, ...ACCOUNT, 'RECIPIENT_NOT_FOUND', 'RECIPIENT_REFUSED'],
  },
  {
    method: 'post',
    path: '/telegram/user/pause',
    id: 'pauseAccount',
    tag: 'Account',
    summary: 'Pause an account',
    description: 'Its sends are kept, in order.',
    request: accountRequest,
    answers: { 200: { description: 'Paused.', schema: accountStateResponseSchema } },
    errors: [...INTERACTIVE, ...ACCOUNT],
  },
  {
    method: 'post',
    path: '/telegram/user/resume',
    id: 'resumeAccount',
    tag: 'Account',
    summary: 'Resume an account',
    description: 'After a pause, a freeze, or PEER_FLOOD.',
    request: accountRequest,
    answers: { 200: { description: 'Resumed.', schema: accountStateResponseSchema } },
    errors: [...INTERACTIVE, ...ACCOUNT],
  },
  {
    method: 'post',
    path: '/telegram/user/pace',
    id: 'setPace',
    tag: 'Account',
    summary: 'Set the pace of an account, or let it only answer',
    description:
      '`pace`: `off`, `careful`, or single rules over those of the server; `null`: as the server. Absent fields keep their values.',
    request: {
      schema: paceRequestSchema,
      examples: {
        slower: { ...ALICE, pace: { per_minute: 5, strangers_per_day: 3 } },
        'as the server': { ...ALICE, pace: null },
        'only answers': { ...ALICE, replies_only: { within_hours: 24 } },
      },
    },
    answers: { 200: { description: 'Set.', schema: paceResponseSchema } },
    errors: [...INTERACTIVE, ...ACCOUNT, 'RECEIVING_OFF'],
  },
  {
    method: 'post',
    path: '/telegram/user/proxy',
    id: 'setProxy',
    tag: 'Account',
    summary: 'Set the proxy of an account',
    description:
      'Reconnects the account. While the proxy cannot be reached, the state is `proxy_unreachable` and sends wait: it never connects without the proxy. The address is stored sealed.',
    request: {
      schema: proxyRequestSchema,
      examples: {
        socks: { ...ALICE, proxy: 'socks5://user:password@proxy.example.com:1080' },
        mtproxy: { ...ALICE, proxy: 'mtproxy://dd0123456789abcdef0123456789abcdef@proxy.example.com:443' },
        none: { ...ALICE, proxy: null },
      },
    },
    answers: { 200: { description: 'Set.', schema: proxyResponseSchema } },
    errors: [...INTERACTIVE, ...ACCOUNT],
  },
  {
    method: 'post',
    path: '/telegram/user/receive',
    id: 'setReceiving',
    tag: 'Receiving',
    summary: 'Turn receiving on or off',
    description:
      'The account then stays connected, and events of its chats are appended to its sequence exactly once, in the order of each chat; missed ones are fetched later. Turned off and on again, it begins with an event `updates.gap`.',
    request: {
      schema: receiveRequestSchema,
      examples: {
        everything: { ...ALICE, enabled: true },
        'private chats': { ...ALICE, enabled: true, filter: { chat_types: ['private'], direction: 'in' } },
        off: { ...ALICE, enabled: false },
      },
    },
    answers: { 200: { description: 'The status of the account.', schema: statusResponseSchema } },
    errors: [...INTERACTIVE, ...ACCOUNT, 'REPLIES_ONLY_ON'],
  },
  {
    method: 'post',
    path: '/telegram/user/disconnect',
    id: 'disconnectAccount',
    tag: 'Account',
    summary: 'Log out and forget an account',
    description:
      'Queued jobs fail with `ACCOUNT_DISCONNECTED`. `logout: false` only closes the connection; with `forget: true` the account is also forgotten here, and its session stays valid. May be repeated.',
    request: { schema: disconnectRequestSchema, examples: { account: ALICE } },
    answers: { 200: { description: 'Disconnected.', schema: doneResponseSchema } },
    errors: INTERACTIVE,
  },
  ...ACTION_OPERATIONS,
  ...UPLOAD_OPERATIONS,
  {
    method: 'get',
    path: '/jobs/{job_id}',
    id: 'readJob',
    tag: 'Jobs',
    summary: 'Read a job, or wait for its end',
    description: '`wait` long-polls. Results are kept for a limited time.',
    parameters: ['JobId', 'Wait'],
    answers: {
      200: {
        description: 'The job.',
        schema: jobResponseSchema,
        example: {
          status: 'ok',
          job_id: 'send-3-1',
          type: 'send',
          user_id: 'alice',
          state: 'completed',
          attempts: 1,
          created_at: '2026-01-15T12:00:00Z',
          finished_at: '2026-01-15T12:00:01Z',
          read_at: '2026-01-15T12:05:00Z',
          retry_at: null,
          reason: null,
          result: { message_id: 123, date: '2026-01-15T12:00:01Z' },
          error: null,
        },
      },
    },
    errors: [...GUARDED, 'VALIDATION', 'JOB_NOT_FOUND'],
  },
  {
    method: 'delete',
    path: '/jobs/{job_id}',
    id: 'cancelJob',
    tag: 'Jobs',
    summary: 'Cancel a job that is not sent yet',
    description: 'Answers `TOO_LATE` if it is sent, or may be.',
    parameters: ['JobId'],
    answers: { 200: { description: 'Cancelled.', schema: jobResponseSchema } },
    errors: [...GUARDED, 'JOB_NOT_FOUND', 'TOO_LATE', ...BY_WORKER],
  },
  {
    method: 'post',
    path: '/jobs/{job_id}/retry',
    id: 'retryJob',
    tag: 'Jobs',
    summary: 'Retry a failed job',
    description:
      'Under its own id, at the end of the queue; Telegram recognises a repeat. `TOO_LATE` if it has not failed, was cancelled, or may be sent; `UPLOAD_NOT_FOUND` if its file has expired.',
    parameters: ['JobId'],
    answers: { 202: { description: 'It waits again.', schema: jobResponseSchema } },
    errors: [
      ...GUARDED,
      ...ACCOUNT,
      'JOB_NOT_FOUND',
      'UPLOAD_NOT_FOUND',
      'TOO_LATE',
      'NOT_A_REPLY',
      'RECEIVING_OFF',
    ],
  },
  {
    method: 'get',
    path: '/jobs/{job_id}/events',
    id: 'watchJob',
    tag: 'Jobs',
    summary: 'Watch a job',
    description:
      'Server-sent events named `job`, one a change, until its end; 204 if `Last-Event-ID` is the last. If the job cannot be read, the stream ends with an event `error`.',
    parameters: ['JobId', 'LastEventId'],
    answers: {
      200: { description: 'The events.', eventStream: z.union([jobResponseSchema, errorResponseSchema]) },
      204: { description: 'There are no more events.' },
    },
    errors: [...GUARDED, 'JOB_NOT_FOUND'],
  },
  ...LISTING_OPERATIONS,
  ...READING_OPERATIONS,
  ...UPDATE_OPERATIONS,
  ...FILE_OPERATIONS,
  ...ASSISTANT_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
  {
    method: 'get',
    path: '/metrics',
    id: 'metrics',
    tag: 'Operations',
    summary: 'Read metrics for Prometheus',
    description: 'Of this process and of all workers.',
    answers: { 200: { description: 'The metrics.', text: 'text/plain' } },
    errors: ['UNAUTHORIZED', 'INTERNAL'],
  },
  {
    method: 'get',
    path: '/healthz',
    id: 'health',
    tag: 'Operations',
    summary: 'Check that the process is up',
    description: 'Asks no other process.',
    answers: { 200: { description: 'Up.', schema: healthResponseSchema } },
    errors: ['FORBIDDEN'],
    open: true,
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'readiness',
    tag: 'Operations',
    summary: 'Check that the product is ready',
    description:
      '503, with the missing `part`, unless Redis and a worker are reachable and the accounts are known.',
    answers: { 200: { description: 'Ready.', schema: healthResponseSchema } },
    errors: ['FORBIDDEN', 'QUEUE_UNAVAILABLE', 'WORKER_UNAVAILABLE', 'INTERNAL'],
    open: true,
  },
];
