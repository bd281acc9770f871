import * as z from 'zod';
import { userIdSchema } from '../recipients/user-id.ts';
import { requestBody } from '../request-body.ts';
import { eventSchema } from './events.ts';
import { eventFilterSchema, shownFilterSchema } from './filter.ts';

/** Body of `POST /telegram/user/receive`. */
export const receiveRequestSchema = requestBody({
  user_id: userIdSchema,
  enabled: z.boolean(),
  filter: eventFilterSchema
    .optional()
    .describe('Events that do not pass are not stored. Absent: as before; {}: all pass'),
});

/** How an account receives, in its status. */
export const receivingSchema = z
  .object({
    enabled: z.boolean(),
    since: z.iso.datetime().nullable().describe('When receiving was turned on; null while it is off'),
    last_seq: z.int().nonnegative().describe('Number of the latest event; 0 before the first'),
    oldest_seq: z
      .int()
      .positive()
      .describe('Number of the oldest kept event; `last_seq` + 1 where none is kept'),
    gaps: z.int().nonnegative().describe('How many `updates.gap` there were'),
    filter: shownFilterSchema.describe('{}: all pass'),
  })
  .meta({ id: 'Receiving' });
export type Receiving = z.infer<typeof receivingSchema>;

const MAX_WAIT_SECONDS = 60;
const MAX_LIMIT = 100;

/** A whole number of a query. */
function whole(max: number, min = 0) {
  const message = `must be a whole number, ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,16}$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

/** Number of an event; 0 stands for the place before the first. */
export const seqInQuery = whole(Number.MAX_SAFE_INTEGER);

/** Query of `GET /telegram/accounts/{user_id}/updates`. */
export const updatesRequestSchema = z.strictObject({
  /** Events after this number; without it, from now on. */
  after: seqInQuery.optional(),
  limit: whole(MAX_LIMIT, 1).default(MAX_LIMIT),
  /** Seconds to wait for the first event. */
  wait: whole(MAX_WAIT_SECONDS).default(0),
});

export const updatesResponseSchema = z.object({
  status: z.literal('ok'),
  events: z.array(eventSchema).describe('In the order of their numbers'),
  next: z.int().nonnegative().describe('`after` of the next request'),
});
