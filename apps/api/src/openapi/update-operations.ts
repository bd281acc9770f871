import {
  errorResponseSchema,
  eventSchema,
  typingEventSchema,
  updatesResponseSchema,
} from '@gateway/contracts';
import * as z from 'zod';
import { GUARDED } from './error-groups.ts';
import type { Operation } from './operation.ts';

/** The events of accounts that receive. */
export const UPDATE_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/telegram/accounts/{user_id}/updates',
    id: 'readUpdates',
    tag: 'Receiving',
    summary: 'The events of an account',
    description:
      'Events have numbers (`seq`) that rise by one. By default a JSON page of the events after `after`; `wait` long-polls. With `Accept: text/event-stream` they come as server-sent events: `id` is the number, `event` the type, and a client that connects again goes on after `Last-Event-ID`. Without a place to begin, from now on. `chat.typing` comes in streams only, and is not stored. If the place is no longer kept, a stream sends an event `error` with the code `EVENTS_GONE`, whose `id` is `oldest_seq` - 1, and ends.',
    parameters: ['UserId', 'AfterSeq', 'EventLimit', 'WaitForEvents', 'LastEventId'],
    answers: {
      200: {
        description: 'The events.',
        schema: updatesResponseSchema,
        eventStream: z.union([eventSchema, typingEventSchema, errorResponseSchema]),
      },
    },
    errors: [...GUARDED, 'VALIDATION', 'RECEIVING_OFF', 'EVENTS_GONE'],
  },
];
