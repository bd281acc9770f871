import { EVENT_TYPES, eventFilterSchema, userIdSchema } from '@gateway/contracts';
import * as z from 'zod';

/** A webhook as Redis stores it. It never changes. */
export const storedWebhookSchema = z.object({
  id: z.string(),
  /** Sealed, since its path and query may contain secrets. */
  url: z.string(),
  /** Sealed. */
  secret: z.string(),
  /** `null`: all accounts, later ones too. */
  userIds: z.array(userIdSchema).nullable(),
  events: z.array(z.enum(EVENT_TYPES)),
  filter: eventFilterSchema.out,
  /** ms since the epoch, by Redis' clock. */
  createdAt: z.number(),
});

export const webhookStateSchema = z.object({
  state: z.enum(['active', 'paused']),
  /** When it changed, ms since the epoch. */
  at: z.number(),
});

/** A webhook that delivers events to one address. */
export interface Webhook extends Omit<z.infer<typeof storedWebhookSchema>, 'url' | 'secret'> {
  url: string;
  secret: string;
  /** `paused` if it cannot be read. */
  state: 'active' | 'paused';
  /** When `state` changed last, or its creation; ms since the epoch. Tries from before do not count any more. */
  stateAt: number;
  /** Its record cannot be read with this sealing key, so `url` and `secret` are empty. It can only be deleted. */
  isUnreadable: boolean;
}
