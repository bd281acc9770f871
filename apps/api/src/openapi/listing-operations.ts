import {
  accountChangeSchema,
  accountListResponseSchema,
  failureListResponseSchema,
  historyResponseSchema,
  previewRequestSchema,
  previewResponseSchema,
  sendListResponseSchema,
} from '@gateway/contracts';
import { BODY, GUARDED } from './error-groups.ts';
import type { Operation } from './operation.ts';

const ACCOUNT_QUERY = [...GUARDED, 'VALIDATION'] as const;

export const LISTING_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/telegram/accounts',
    id: 'listAccounts',
    tag: 'Account',
    summary: 'List accounts and their status',
    description: 'Those that the key may use.',
    parameters: [
      'AccountSearch',
      'AccountsState',
      'AccountsAttention',
      'AccountsWaiting',
      'AccountsSort',
      'AccountsAfter',
      'AccountsLimit',
    ],
    answers: { 200: { description: 'A page of them.', schema: accountListResponseSchema } },
    errors: ACCOUNT_QUERY,
  },
  {
    method: 'get',
    path: '/telegram/failures',
    id: 'listFailures',
    tag: 'Account',
    summary: 'List failed jobs of all accounts',
    description: 'Of the accounts that the key may use, with the reason of each.',
    parameters: ['AccountSearch', 'Limit', 'Before'],
    answers: { 200: { description: 'A page of them.', schema: failureListResponseSchema } },
    errors: ACCOUNT_QUERY,
  },
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/sends',
    id: 'listSends',
    tag: 'Account',
    summary: 'List the jobs of an account',
    description: 'Active and waiting jobs, and ended ones, at most `limit` of each.',
    parameters: ['UserId', 'Limit'],
    answers: { 200: { description: 'The jobs.', schema: sendListResponseSchema } },
    errors: ACCOUNT_QUERY,
  },
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/events',
    id: 'watchAccount',
    tag: 'Account',
    summary: 'Watch an account and its jobs',
    description:
      'Server-sent events named `account`, at once and at each change. If the account cannot be read, the stream ends with an event `error`, whose data is an `Error`.',
    parameters: ['UserId', 'Limit'],
    answers: { 200: { description: 'The events.', eventStream: accountChangeSchema } },
    errors: ACCOUNT_QUERY,
  },
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/history',
    id: 'readHistory',
    tag: 'Account',
    summary: 'Read the last hours of an account',
    description: 'Messages sent, failed and waiting, and how long sends were held, in steps of five minutes.',
    parameters: ['UserId', 'Hours'],
    answers: { 200: { description: 'The steps.', schema: historyResponseSchema } },
    errors: ACCOUNT_QUERY,
  },
  {
    method: 'post',
    path: '/telegram/user/send/preview',
    id: 'previewMessage',
    tag: 'Sending',
    summary: 'Preview a text',
    description: 'The messages that it is split into, with their formatting. Sends nothing.',
    request: {
      schema: previewRequestSchema,
      examples: { formatted: { text: '**Hello!**', parse_mode: 'markdown' } },
    },
    answers: {
      200: {
        description: 'The messages.',
        schema: previewResponseSchema,
        example: {
          status: 'ok',
          parts: [{ text: 'Hello!', entities: [{ type: 'bold', offset: 0, length: 6 }] }],
        },
      },
    },
    errors: BODY,
  },
];
