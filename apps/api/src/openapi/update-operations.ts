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
      'Events have numbers (`seq`) that rise by one. JSON: a page of the events after `after`; `wait` long-polls. `Accept: text/event-stream`: server-sent events, whose `id` is the number and `event` the type; a client that connects again goes on after `Last-Event-ID`. `chat.typing` comes in streams only, and is not stored. If the place is no longer kept, a stream sends `error` with the code `EVENTS_GONE` and the `id` `oldest_seq` - 1, and ends. So it does, without `id`, if events cannot be read.',
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
