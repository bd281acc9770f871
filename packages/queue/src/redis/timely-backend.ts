import { RedisQueueBackend, type BackendFactory } from 'bullmq';
import * as scripts from 'bullmq/dist/cjs/scripts/index.js';
import type { RedisClient } from './clients.ts';
import { IS_OVER, TooLate } from './deadline.ts';
import type { RedisClock } from './redis-clock.ts';
import { Script } from './script.ts';
import { sharedBackend, type SharedBackend } from './shared-backend.ts';

type Client = Parameters<RedisQueueBackend['execCommand']>[0];

/**
 * How long Redis may take to start a change, in ms. After that it refuses the change, since the caller has been
 * answered by then.
 */
const IN_TIME_MS = 1_500;

/** BullMQ's scripts by which the API or the dashboard changes something. */
const CHANGES: ReadonlyMap<string, { script: Script; keys: number }> = new Map(
  (
    [
      'addStandardJob',
      'addDelayedJob',
      'changeDelay',
      'moveJobsToWait',
      'promote',
      'removeJob',
      'reprocessJob',
      'updateData',
    ] as const
  ).map((name) => {
    const { content, keys } = scripts[name];
    // The deadline comes after BullMQ's own arguments, so that BullMQ's script does not see it.
    const lua = `${IS_OVER}
if is_over(ARGV[#ARGV], redis.call('TIME')) then return { 'late', redis.call('TIME') } end
local function bullmq()
${content}
end
return { 'done', bullmq() }`;
    return [name, { script: new Script(lua), keys }];
  }),
);

export interface Timing {
  redis: RedisClient;
  clock: RedisClock;
}

/**
 * BullMQ's backend for queues whose callers wait. Redis refuses a change that it would start after the caller was
 * answered.
 */
export class TimelyBackend extends RedisQueueBackend {
  readonly #timing: Timing | null;

  /** @param timing `null`: changes have no deadline. */
  constructor(timing: Timing | null, ...bullmq: ConstructorParameters<typeof RedisQueueBackend>) {
    super(...bullmq);
    this.#timing = timing;
  }

  /** @throws {TooLate} where nothing was done. */
  override execCommand(client: Client, command: string, args: (string | number | Buffer)[]): unknown {
    const change = CHANGES.get(command);
    // Commands within a transaction get no reply of their own.
    if (this.#timing === null || change === undefined || 'exec' in client)
      return super.execCommand(client, command, args);
    return runInTime(this.#timing, change, args);
  }
}

async function runInTime(
  { redis, clock }: Timing,
  { script, keys }: { script: Script; keys: number },
  args: readonly (string | number | Buffer)[],
): Promise<unknown> {
  const endsAt = performance.now() + IN_TIME_MS;
  const given = args.map((arg) => arg ?? '');
  const key = String(given[0]);
  await clock.contact(key);
  if (performance.now() >= endsAt) throw new TooLate();
  const reply = await script.run(redis, given.slice(0, keys).map(String), [
    ...given.slice(keys),
    clock.deadline(endsAt, key),
  ]);
  if (!Array.isArray(reply)) throw new TypeError('unexpected reply of a script');
  if (reply[0] === 'done') return reply[1] ?? null;
  clock.learn(reply[1], key);
  throw new TooLate();
}

/** A {@link sharedBackend} whose changes have a deadline. */
export function timelyBackend(redis: RedisClient, clock: RedisClock): SharedBackend {
  const shared = sharedBackend(redis);
  return (prefix, make): BackendFactory<RedisQueueBackend> =>
    shared(prefix, make ?? ((...args) => new TimelyBackend({ redis, clock }, ...args)));
}
