import type { HistoryPoint } from '@gateway/contracts';
import { historyKey } from './keys.ts';
import type { RedisClient } from './redis.ts';

/** ms of one step, and how many a key holds. */
export const HISTORY_STEP_MS = 300_000;
const STEPS_PER_SLOT = 72;
/** s that a slot is kept: a day is looked back at most. */
const KEPT_S = 30 * 3_600;

/** What is added to an account's history. */
export interface HistorySample {
  userId: string;
  /** Messages that went out, and that failed, since the last sample. */
  sent: number;
  failed: number;
  /** ms since the last sample during which its sends were held. */
  heldMs: number;
  /** Messages that have not gone out, now. */
  waiting: number;
}

/** Adds to the histories of accounts, in one round trip. */
export async function addHistory(
  redis: RedisClient,
  samples: readonly HistorySample[],
  now: number,
): Promise<void> {
  const step = Math.floor(now / HISTORY_STEP_MS);
  await Promise.all(
    samples.map(async ({ userId, sent, failed, heldMs, waiting }) => {
      const key = historyKey(userId, Math.floor(step / STEPS_PER_SLOT));
      await Promise.all([
        ...Object.entries({ sent, failed, heldMs })
          .filter(([, by]) => by > 0)
          .map(([what, by]) => redis.hincrby(key, `${step}:${what}`, Math.round(by))),
        redis.hset(key, `${step}:waiting`, waiting),
        redis.expire(key, KEPT_S),
      ]);
    }),
  );
}

/** An account's history from then until now, a point a step, the oldest first; steps of which nothing is known are empty. */
export async function readHistory(
  redis: RedisClient,
  userId: string,
  from: number,
  now: number,
): Promise<HistoryPoint[]> {
  const first = Math.floor(from / HISTORY_STEP_MS);
  const last = Math.floor(now / HISTORY_STEP_MS);
  const slots = new Map<number, Promise<Record<string, string>>>();
  for (let step = first; step <= last; step += 1) {
    const slot = Math.floor(step / STEPS_PER_SLOT);
    if (!slots.has(slot)) slots.set(slot, redis.hgetall(historyKey(userId, slot)));
  }
  const fields = Object.assign({}, ...(await Promise.all(slots.values()))) as Record<string, string>;
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const step = first + index;
    const value = (what: string) => Number(fields[`${step}:${what}`] ?? 0);
    return {
      at: new Date(step * HISTORY_STEP_MS).toISOString(),
      sent: value('sent'),
      failed: value('failed'),
      waiting: value('waiting'),
      held_seconds: Math.round(value('heldMs') / 1_000),
    };
  });
}
