import type { EventFilter, EventType } from '@gateway/contracts';
import * as z from 'zod';

/** A webhook as Redis stores it. It never changes. */
export interface StoredWebhook {
  id: string;
  /** Sealed, since its path and query may contain secrets. */
  url: string;
  /** Sealed. */
  secret: string;
  /** `null`: all accounts, later ones too. */
  userIds: readonly string[] | null;
  events: EventType[];
  filter: EventFilter;
  /** ms since the epoch, by Redis' clock. */
  createdAt: number;
}

export const webhookStateSchema = z.object({
  state: z.enum(['active', 'paused']),
  /** When it changed, ms since the epoch. */
  at: z.number(),
});

/** A webhook that delivers events to one address. */
export interface Webhook extends StoredWebhook {
  /** Opened, as is `secret`. */
  url: string;
  /** `paused` if it cannot be read. */
  state: 'active' | 'paused';
  /** When `state` changed last, or its creation; ms since the epoch. Tries from before do not count any more. */
  stateAt: number;
  /** Its record cannot be read with this sealing key, so `url` and `secret` are empty. It can only be deleted. */
  isUnreadable: boolean;
}

/** The sets of lists of accounts. */
const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Prepares {@link isForAccount}, which else does so at its first call: a list may have thousands of accounts. */
export function setOf(userIds: readonly string[]): ReadonlySet<string> {
  const set = sets.get(userIds) ?? new Set(userIds);
  sets.set(userIds, set);
  return set;
}

/** Whether the webhook is for the account. */
export function isForAccount({ userIds }: Pick<Webhook, 'userIds'>, userId: string): boolean {
  return userIds === null || setOf(userIds).has(userId);
}
