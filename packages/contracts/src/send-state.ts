import * as z from 'zod';
import { holdSchema } from './account.ts';
import { paceStateSchema } from './pace.ts';

/** What must not be forgotten about an account's sends when its worker ends; only that worker writes it. */
export const sendStateSchema = z.object({
  /** Chats in slow mode, or whose last try failed, by the chat's key. */
  chatHolds: z.record(z.string(), holdSchema),
  /** Telegram asks for a pause of look-ups: only sends to who is known already go on. */
  lookUpHold: holdSchema.nullable(),
  /** Jobs of which a try may have taken effect: since when, and the last message id known in their chat before it (0: none). */
  unknown: z.record(z.string(), z.object({ since: z.int(), after: z.int() })),
  /** Jobs that were in hand when a worker ended, and how often. */
  recoveries: z.record(z.string(), z.int()),
  /** When the account was last disconnected, ms since the epoch: nothing that was accepted before may go out any more. */
  disconnectedAt: z.int().nullable(),
  /** Since when Telegram could not be reached for this account, ms since the epoch; `null`: it was reached at the last try. */
  unreachableSince: z.int().nullable(),
  pace: paceStateSchema,
});
export type SendState = z.infer<typeof sendStateSchema>;

export const EMPTY_SEND_STATE: SendState = {
  chatHolds: {},
  lookUpHold: null,
  unknown: {},
  recoveries: {},
  disconnectedAt: null,
  unreachableSince: null,
  pace: { account: null, chats: {}, strangers: { day: '', used: 0 } },
};
