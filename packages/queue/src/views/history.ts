import type { HistoryPoint } from '@gateway/contracts';
import { historyKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';

/** Length of one step of the history, in ms. */
export const HISTORY_STEP_MS = 300_000;
/**
 * Steps per Redis hash. Each has four fields, and Redis stores hashes of up to 128 fields in its compact form
 * (hash-max-listpack-entries).
 */
const STEPS_PER_SLOT = 32;
/** Seconds that a slot is kept. Readers ask for at most one day. */
const KEPT_S = 27 * 3_600;

/** Letters of the field names `<step within the slot><letter>`; short, since there are many fields. */
const FIELDS = { sent: 's', failed: 'f', heldMs: 'h', waiting: 'w' } as const;

function placeOf(step: number): { slot: number; field: (what: keyof typeof FIELDS) => string } {
  const slot = Math.floor(step / STEPS_PER_SLOT);
  return { slot, field: (what) => `${step % STEPS_PER_SLOT}${FIELDS[what]}` };
}

/** An addition to an account's history. */
export interface HistorySample {
  userId: string;
  /** Messages sent since the last sample; `failed`: those that failed. */
  sent: number;
  failed: number;
  /** ms since the last sample during which its sends were held. */
  heldMs: number;
  /** Messages that wait to be sent now. */
  waiting: number;
}

/** Adds samples to the histories of accounts, in one round trip. */
export async function addHistory(
  redis: RedisClient,
  samples: readonly HistorySample[],
  now: number,
): Promise<void> {
  const { slot, field } = placeOf(Math.floor(now / HISTORY_STEP_MS));
  await Promise.all(
    samples.map(async ({ userId, waiting, ...counts }) => {
      const key = historyKey(userId, slot);
      await Promise.all([
        ...(['sent', 'failed', 'heldMs'] as const)
          .filter((what) => counts[what] > 0)
          .map((what) => redis.hincrby(key, field(what), Math.round(counts[what]))),
        redis.hset(key, field('waiting'), waiting),
        redis.expire(key, KEPT_S),
      ]);
    }),
  );
}

/**
 * An account's history between two times (ms since the epoch), one point per step, oldest first. Missing steps are 0.
 */
export async function readHistory(
  redis: RedisClient,
  userId: string,
  from: number,
  now: number,
): Promise<HistoryPoint[]> {
  const first = Math.floor(from / HISTORY_STEP_MS);
  const last = Math.floor(now / HISTORY_STEP_MS);
  const steps = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const slots = [...new Set(steps.map((step) => placeOf(step).slot))];
  const kept = await Promise.all(slots.map((slot) => redis.hgetall(historyKey(userId, slot))));
  return steps.map((step) => {
    const { slot, field } = placeOf(step);
    const fields = kept[slots.indexOf(slot)] ?? {};
    const value = (what: keyof typeof FIELDS) => Number(fields[field(what)] ?? 0);
    return {
      at: new Date(step * HISTORY_STEP_MS).toISOString(),
      sent: value('sent'),
      failed: value('failed'),
      waiting: value('waiting'),
      held_seconds: Math.round(value('heldMs') / 1_000),
    };
  });
}
