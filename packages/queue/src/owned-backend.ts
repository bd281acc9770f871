import type { SendState } from '@gateway/contracts';
import { RedisQueueBackend } from 'bullmq';
import { moveToActive, moveToFinished } from 'bullmq/dist/cjs/scripts/index.js';
import { aroundBullmq, type BullmqStep } from './bullmq-step.ts';
import { Fenced } from './fence.ts';
import { accountPrefix, fenceKey, SEND_QUEUE, sendStateKey } from './keys.ts';
import type { RedisClient } from './redis.ts';

/**
 * BullMQ's own script as the owner of an account runs it, in one step: nothing happens where another owner has taken over, what must be
 * remembered of the account's sends is written with it, and it says how many jobs are in hand. Five commands one after the other else.
 */
function owned(bullmq: Parameters<typeof aroundBullmq>[0]): BullmqStep {
  return aroundBullmq(
    bullmq,
    `
if redis.call('GET', KEYS[#KEYS - 2]) ~= ARGV[#ARGV - 1] then return 'fenced' end
local reply = bullmq()
if ARGV[#ARGV] ~= '' and not (type(reply) == 'number' and reply < 0) then redis.call('SET', KEYS[#KEYS - 1], ARGV[#ARGV]) end
return { redis.call('LLEN', KEYS[#KEYS]), reply or false }`,
  );
}

const OWNED = new Map([
  ['moveToActive', owned(moveToActive)],
  ['moveToFinished', owned(moveToFinished)],
]);

/** The account that is worked for, and the fence that names the ownership. */
export interface Owner {
  redis: RedisClient;
  userId: string;
  fence: string;
}

/** BullMQ's backend of an account's queue, for the worker that owns the account. */
export class OwnedBackend extends RedisQueueBackend {
  /** Jobs that were in hand after the last that was fetched or ended. */
  active = 0;
  readonly #owner: Owner;
  readonly #states = new Map<string, SendState>();

  constructor(owner: Owner, ...bullmq: ConstructorParameters<typeof RedisQueueBackend>) {
    super(...bullmq);
    this.#owner = owner;
  }

  /** Has what is remembered of the account's sends (`undefined`: nothing new) written in the step in which `end` ends the job. */
  async writeWithEndOf<T>(jobId: string, state: SendState | undefined, end: () => Promise<T>): Promise<T> {
    if (state !== undefined) this.#states.set(jobId, state);
    try {
      return await end();
    } finally {
      this.#states.delete(jobId);
    }
  }

  /** @throws {Fenced} */
  override async execCommand(
    client: Parameters<RedisQueueBackend['execCommand']>[0],
    command: string,
    args: (string | number | Buffer)[],
  ): Promise<unknown> {
    const known = OWNED.get(command);
    if (known === undefined) return super.execCommand(client, command, args);
    const { redis, userId, fence } = this.#owner;
    const { script, keys } = known;
    const state = command === 'moveToFinished' ? this.#states.get(String(args[keys])) : undefined;
    const activeKey = `${accountPrefix(userId)}:${SEND_QUEUE}:active`;
    const reply = await script.run(
      redis,
      [...args.slice(0, keys).map(String), fenceKey(userId), sendStateKey(userId), activeKey],
      [...args.slice(keys), fence, state === undefined ? '' : JSON.stringify(state)],
    );
    if (!Array.isArray(reply)) throw new Fenced(userId);
    this.active = Number(reply[0]);
    return reply[1];
  }
}
