import * as z from 'zod';
import { holdSchema } from './account.ts';
import { paceStateSchema } from './pace.ts';

/** What must survive the worker about an account's sends. Only the account's owner writes it. */
export const sendStateSchema = z.object({
  /** Holds of chats in slow mode or after a failed attempt, by the chat's key. */
  chatHolds: z.record(z.string(), holdSchema),
  /** Holds of single job types, by type. */
  typeHolds: z.record(z.string(), holdSchema).default({}),
  /** Telegram's pause of look-ups: only sends to known recipients go on. */
  lookUpHold: holdSchema.nullable(),
  /**
   * Jobs with an attempt that may have taken effect: since when, and the last message id known in the chat before it
   * (0: none).
   */
  unknown: z.record(z.string(), z.object({ since: z.int(), after: z.int() })),
  /** How many workers have lost the account while the job was active, by job. */
  recoveries: z.record(z.string(), z.int()),
  /** The names of these workers, as far as they are known, by job. One that is still alive did not end. */
  recoveredFrom: z.record(z.string(), z.array(z.string())).default({}),
  /** When the account was last disconnected, ms since the epoch. No message accepted before then may be sent. */
  disconnectedAt: z.int().nullable(),
  /** Since when Telegram is unreachable for this account, ms since the epoch; `null` if the last attempt reached it. */
  unreachableSince: z.int().nullable(),
  pace: paceStateSchema,
});
export type SendState = z.infer<typeof sendStateSchema>;

export const EMPTY_SEND_STATE: SendState = {
  chatHolds: {},
  typeHolds: {},
  lookUpHold: null,
  unknown: {},
  recoveries: {},
  recoveredFrom: {},
  disconnectedAt: null,
  unreachableSince: null,
  pace: { account: null, chats: {}, strangers: { day: '', used: 0 } },
};
