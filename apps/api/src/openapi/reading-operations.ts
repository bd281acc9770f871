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
    summary: 'List the chats of an account',
    description:
      "Asks Telegram between sends, also for paused, limited and frozen accounts. Messages of Telegram's own account are `redacted`: they carry login codes.",
    parameters: ['UserId', 'PageLimit', 'Before'],
    answers: { 200: { description: 'A page of them.', schema: chatListResponseSchema } },
    errors: ERRORS,
  },
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/chats/{recipient_id}/messages',
    id: 'listMessages',
    tag: 'Account',
    summary: 'List the messages of a chat',
    description: "Asks Telegram between sends. Messages of Telegram's own account are never listed.",
    parameters: ['UserId', 'RecipientId', 'PageLimit', 'Before', 'After', 'MessageSearch', 'TopicId'],
    answers: { 200: { description: 'A page of them.', schema: messageListResponseSchema } },
    errors: [...ERRORS, 'RECIPIENT_NOT_FOUND', 'RECIPIENT_REFUSED', 'MESSAGE_INVALID'],
  },
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/contacts',
    id: 'listContacts',
    tag: 'Account',
    summary: 'List the contacts of an account',
    description: 'Asks Telegram between sends.',
    parameters: ['UserId', 'PageLimit', 'Before'],
    answers: { 200: { description: 'A page of them.', schema: contactListResponseSchema } },
    errors: ERRORS,
  },
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/resolve',
    id: 'resolveRecipient',
    tag: 'Account',
    summary: 'Look up a recipient',
    description:
      'Also asks Telegram again about unknown names. An account may look up 50 names a day: then 429 `RATE_LIMITED`. A flood wait of look-ups holds only sends to unknown names.',
    parameters: ['UserId', 'RecipientIdQuery'],
    answers: { 200: { description: 'The chat.', schema: resolveResponseSchema } },
    errors: [...ERRORS, 'RECIPIENT_NOT_FOUND', 'RECIPIENT_REFUSED', 'RATE_LIMITED'],
  },
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/phones',
    id: 'lookUpPhones',
    tag: 'Account',
    summary: 'Look up phone numbers',
    description:
      '`registered` is never false, since people may hide their numbers. An account may look up 100 numbers a day.',
    parameters: ['UserId', 'Phones'],
    answers: { 200: { description: 'One for each number.', schema: phonesResponseSchema } },
    errors: [...ERRORS, 'RATE_LIMITED'],
  },
];
