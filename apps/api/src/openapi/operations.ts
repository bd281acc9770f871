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
const accountRequest = { schema: accountRequestSchema, examples: { account: ALICE } };

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
    summary: 'How an account stands',
    description:
      'As its worker last said; `live=true` asks Telegram first. An account that was never seen has the state `none`.',
    parameters: ['UserId', 'Live'],
    answers: { 200: { description: 'How it stands.', schema: statusResponseSchema } },
    errors: [...GUARDED, 'VALIDATION', ...BY_WORKER],
  },
  {
    method: 'post',
    path: '/telegram/user/chat/typing',
    id: 'showTyping',
    tag: 'Sending',
    summary: 'Show an account as typing',
    description:
      'Answers at once, and queues nothing. Where the account or the chat has to wait, nothing is shown.',
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
    summary: 'Hold the sends of an account',
    description: 'They are kept, in order, until the account is resumed.',
    request: accountRequest,
    answers: { 200: { description: 'Paused.', schema: accountStateResponseSchema } },
    errors: [...INTERACTIVE, ...ACCOUNT],
  },
  {
    method: 'post',
    path: '/telegram/user/resume',
    id: 'resumeAccount',
    tag: 'Account',
    summary: 'Let an account go on',
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
    summary: 'Give an account a pace of its own, or let it only answer',
    description:
      '`pace`: `off`, `careful`, or single rules over those of the server; `null` takes it back. `replies_only`: in private chats the account then writes only to people and bots who have written to it there within so many hours; anything else is refused as `NOT_A_REPLY`. What is absent stays.',
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
    summary: 'Give an account a proxy of its own',
    description:
      'Reconnects the account. While its proxy does not get through, its state is `proxy_unreachable` and its sends wait: it is never connected without the proxy. `null`: it connects as the server does. The address is stored sealed, and shown without its password.',
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
    summary: 'Receive messages, or stop to',
    description:
      'From then on the account stays connected, and what happens in its chats is appended to its sequence of events, exactly once and in the order of each chat; what it misses is fetched later. Events that the filter leaves out are not stored. Turned off and on again, it begins anew, with an event `updates.gap`.',
    request: {
      schema: receiveRequestSchema,
      examples: {
        everything: { ...ALICE, enabled: true },
        'private chats': { ...ALICE, enabled: true, filter: { chat_types: ['private'], direction: 'in' } },
        off: { ...ALICE, enabled: false },
      },
    },
    answers: { 200: { description: 'How the account stands now.', schema: statusResponseSchema } },
    errors: [...INTERACTIVE, ...ACCOUNT, 'REPLIES_ONLY_ON'],
  },
  {
    method: 'post',
    path: '/telegram/user/disconnect',
    id: 'disconnectAccount',
    tag: 'Account',
    summary: 'Log out and forget an account',
    description:
      'What is still queued fails with `ACCOUNT_DISCONNECTED`. With `logout: false` only the connection is closed; with `forget: true` beside it the account is forgotten here, its session being used elsewhere. May be repeated.',
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
    summary: 'Cancel what has not gone out',
    description: 'Answers `TOO_LATE` where it has gone out, or may be going out.',
    parameters: ['JobId'],
    answers: { 200: { description: 'Cancelled.', schema: jobResponseSchema } },
    errors: [...GUARDED, 'JOB_NOT_FOUND', 'TOO_LATE', ...BY_WORKER],
  },
  {
    method: 'post',
    path: '/jobs/{job_id}/retry',
    id: 'retryJob',
    tag: 'Jobs',
    summary: 'Try again what has failed',
    description:
      'Under its own id, at the end of the line: Telegram knows it again. `TOO_LATE` where it has not failed, was cancelled, or may be out. `UPLOAD_NOT_FOUND` where its file has expired.',
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
      'Server-sent events named `job`, one a change; the last is its end. A caller that names the last event by `Last-Event-ID` is answered 204. If the job cannot be read, it ends with an event `error`.',
    parameters: ['JobId', 'LastEventId'],
    answers: {
      200: { description: 'The events.', eventStream: z.union([jobResponseSchema, errorResponseSchema]) },
      204: { description: 'The end has been told already.' },
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
    summary: 'Metrics for Prometheus',
    description: 'Of this process and of all workers.',
    answers: { 200: { description: 'The metrics.', text: 'text/plain' } },
    errors: ['UNAUTHORIZED', 'INTERNAL'],
  },
  {
    method: 'get',
    path: '/healthz',
    id: 'health',
    tag: 'Operations',
    summary: 'The process is up',
    description: 'Asks nobody else.',
    answers: { 200: { description: 'Up.', schema: healthResponseSchema } },
    errors: ['FORBIDDEN'],
    open: true,
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'readiness',
    tag: 'Operations',
    summary: 'Redis and a worker are reachable, and the accounts are known',
    description: 'Else 503, with the `part` that is missing.',
    answers: { 200: { description: 'Ready.', schema: healthResponseSchema } },
    errors: ['FORBIDDEN', 'QUEUE_UNAVAILABLE', 'WORKER_UNAVAILABLE', 'INTERNAL'],
    open: true,
  },
];
