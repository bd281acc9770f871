import { addDelayedJob, addStandardJob } from 'bullmq/dist/cjs/scripts/index.js';
import { BULLMQ_ARGS, type PackedJob } from './accepting-backend.ts';
import { BatchedScript, type Run } from './batched-script.ts';
import { accountPrefix, accountViewKey, SEND_QUEUE } from './keys.ts';
import type { Call } from './redis-calls.ts';
import type { RedisClient } from './redis.ts';

/** The keys of BullMQ's scripts, by their names in a queue: shorter to send, for a message that is accepted thousands of times a second. */
const BULLMQ = {
  addStandardJob: {
    script: addStandardJob,
    keys: ['wait', 'paused', 'meta', 'id', 'completed', 'delayed', 'active', 'events', 'marker'],
  },
  addDelayedJob: {
    script: addDelayedJob,
    keys: ['marker', 'meta', 'id', 'delayed', 'completed', 'events'],
  },
};

export type AcceptReply =
  /** It stands in line, behind so many others. */
  | { is: 'added'; behind: number }
  /** As many wait as may. */
  | { is: 'full' }
  /** Its account is not as its caller knew it; the view (JSON) that it has. */
  | { is: 'changed'; view: string | null };

/**
 * KEYS: what the queue's keys begin with, the account's view. ARGV: BullMQ's, then which script of BullMQ's, and the view as it is known.
 * @param maxPending messages of an account that may wait at a time.
 */
function accept(maxPending: number): string {
  return `
local prefix = KEYS[1]
local view = redis.call('GET', KEYS[2])
if (view or '') ~= ARGV[5] then return { 'changed', view } end
local waiting = redis.call('LLEN', prefix .. 'wait')
local pending = waiting + redis.call('ZCARD', prefix .. 'delayed') + redis.call('LLEN', prefix .. 'active')
if pending >= ${maxPending} then
  -- One that is there already is not turned away: its caller asks for it again.
  local id = cmsgpack.unpack(ARGV[1])[2]
  if redis.call('EXISTS', prefix .. id) == 0 then return { 'full' } end
end
local add = {}
${Object.entries(BULLMQ).map(addingBy).join('\n')}
add[ARGV[4]]()
return { 'added', waiting }`;
}

function addingBy([name, { script, keys }]: [string, (typeof BULLMQ)[keyof typeof BULLMQ]]): string {
  return `
function add.${name}()
  local KEYS = { ${keys.map((key) => `prefix .. '${key}'`).join(', ')} }
  ${script.content}
end`;
}

/** Takes messages into the lines of their accounts, each in one step with the look whether it may: nothing changes in between. */
export class AcceptScript {
  readonly #script: BatchedScript;
  /** Scripts of BullMQ's whose keys were compared. */
  readonly #compared = new Set<string>();

  constructor(redis: RedisClient, maxPending: number) {
    this.#script = new BatchedScript(redis, accept(maxPending), { keys: 2, args: BULLMQ_ARGS + 2 });
  }

  /**
   * Messages of one account, all by the same view: where it has changed, none of them joins.
   * @param view the account's (JSON) that they were admitted by; `null`: there is none.
   */
  async accept(
    userId: string,
    jobs: readonly PackedJob[],
    view: string | null,
    call: Call,
  ): Promise<AcceptReply[]> {
    const prefix = `${accountPrefix(userId)}:${SEND_QUEUE}:`;
    const keys = [prefix, accountViewKey(userId)];
    const runs = jobs.map((job): Run => {
      this.#compare(job, prefix);
      return { keys, args: [...job.args, job.command, view ?? ''] };
    });
    return (await this.#script.run(runs, call)).map((reply) => read(reply as Reply));
  }

  /** That BullMQ's keys are those written down here, once. */
  #compare({ command, keys }: PackedJob, prefix: string): void {
    if (this.#compared.has(command)) return;
    const known = command in BULLMQ ? BULLMQ[command as keyof typeof BULLMQ].keys : [];
    if (keys.join() !== known.map((key) => `${prefix}${key}`).join())
      throw new TypeError(`${command} of this version of BullMQ has other keys: ${keys.join()}`);
    this.#compared.add(command);
  }
}

type Reply = ['added', number] | ['full'] | ['changed', (string | null)?];

function read(reply: Reply): AcceptReply {
  if (reply[0] === 'added') return { is: 'added', behind: reply[1] };
  return reply[0] === 'full' ? { is: 'full' } : { is: 'changed', view: reply[1] ?? null };
}
