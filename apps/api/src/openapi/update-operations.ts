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
    summary: 'Read the events of an account',
    description:
      'Events have numbers (`seq`) that rise by one. JSON: a page of events; `wait` long-polls. `Accept: text/event-stream`: server-sent events with the number as `id` and the type as `event`, after `Last-Event-ID`; only these have `chat.typing`. If the next event is no longer kept, a stream ends with an event `error` of the code `EVENTS_GONE` and the `id` `oldest_seq` - 1; if events cannot be read, without `id`.',
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
