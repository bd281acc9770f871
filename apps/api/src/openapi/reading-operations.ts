import {
  chatListResponseSchema,
  contactListResponseSchema,
  messageListResponseSchema,
  phonesResponseSchema,
  resolveResponseSchema,
} from '@gateway/contracts';
import { ACCOUNT, BY_WORKER, GUARDED } from './error-groups.ts';
import type { Operation } from './operation.ts';

const ERRORS = [...GUARDED, 'VALIDATION', ...BY_WORKER, ...ACCOUNT] as const;

/** What an account sees at Telegram. */
export const READING_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/chats',
    id: 'listChats',
    tag: 'Account',
    summary: 'The chats of an account',
    description:
      'Read at Telegram, the latest first, in between the account’s sends. Paused, limited and frozen accounts can be read. A flood wait is 429 with `retry_after`, and sends go on. Messages of Telegram’s own account are `redacted`: they carry login codes.',
    parameters: ['UserId', 'PageLimit', 'Before'],
    answers: { 200: { description: 'A page of them.', schema: chatListResponseSchema } },
    errors: ERRORS,
  },
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/chats/{recipient_id}/messages',
    id: 'listMessages',
    tag: 'Account',
    summary: 'The messages of a chat',
    description:
      'Read at Telegram, the newest first, in between the account’s sends. `before` and `after` take ids of messages, `q` searches, `topic_id` reads one topic of a forum. Messages of Telegram’s own account are never listed.',
    parameters: ['UserId', 'RecipientId', 'PageLimit', 'Before', 'After', 'MessageSearch', 'TopicId'],
    answers: { 200: { description: 'A page of them.', schema: messageListResponseSchema } },
    errors: [...ERRORS, 'RECIPIENT_NOT_FOUND', 'RECIPIENT_REFUSED', 'MESSAGE_INVALID'],
  },
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/contacts',
    id: 'listContacts',
    tag: 'Account',
    summary: 'The contacts of an account',
    description: 'Read at Telegram, in the order of their ids.',
    parameters: ['UserId', 'PageLimit', 'Before'],
    answers: { 200: { description: 'A page of them.', schema: contactListResponseSchema } },
    errors: ERRORS,
  },
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/resolve',
    id: 'resolveRecipient',
    tag: 'Account',
    summary: 'Who a recipient is',
    description:
      'Asks Telegram again where an earlier look-up found nobody. An account may look up 50 names a day this way: then 429 `RATE_LIMITED`. A flood wait on look-ups holds sends to names that are not known yet, and no others.',
    parameters: ['UserId', 'RecipientIdQuery'],
    answers: { 200: { description: 'Who it is.', schema: resolveResponseSchema } },
    errors: [...ERRORS, 'RECIPIENT_NOT_FOUND', 'RECIPIENT_REFUSED', 'RATE_LIMITED'],
  },
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/phones',
    id: 'lookUpPhones',
    tag: 'Account',
    summary: 'Who has a phone number',
    description:
      '`registered` is never false: a person may hide their number, so nobody found proves nothing. An account may look up 100 numbers a day.',
    parameters: ['UserId', 'Phones'],
    answers: { 200: { description: 'One for each number.', schema: phonesResponseSchema } },
    errors: [...ERRORS, 'RATE_LIMITED'],
  },
];
