import { Cluster } from 'ioredis';
import type { RedisClient } from './clients.ts';
import { IS_OVER, TooLate } from './deadline.ts';
import type { Call } from './redis-calls.ts';
import type { RedisClock } from './redis-clock.ts';
import { Script } from './script.ts';

/** One run of the script. */
export interface Run {
  keys: readonly string[];
  args: readonly (string | number | Buffer)[];
}

/** Runs that stay together: Redis executes them back to back, with nothing in between. */
interface Unit {
  runs: readonly Run[];
  call: Call;
  resolve: (replies: unknown[]) => void;
  reject: (error: unknown) => void;
}

/** Most runs in one command, unless a single unit has more: Redis does nothing else while a command runs. */
export const MOST_RUNS = 64;

/** How one run ended: with its reply, with its error, or too late for its deadline. */
type RunReply = [status: 1 | 0 | 'late', reply: unknown];

/**
 * Batches a Lua script that runs many times a second, each time for one caller. All runs of one turn of the event loop,
 * and all that arrive while Redis works on earlier ones, share one command and its cost.
 *
 * A single run is sent as soon as it would be without batching. Each run fails or succeeds by itself; a run whose call
 * is cut off, or past its deadline by Redis' clock, is not executed.
 */
export class BatchedScript {
  readonly #redis: RedisClient;
  readonly #script: Script;
  readonly #clock: RedisClock | null;
  readonly #waiting: Unit[] = [];
  #isUnderWay = false;
  #isAsked = false;

  /**
   * @param lua runs with its own `KEYS` and `ARGV`, as many as `keys` and `args` say, and returns the run's reply.
   * @param clock gives the deadlines. `null`: no deadlines.
   */
  constructor(
    redis: RedisClient,
    lua: string,
    { keys, args }: { keys: number; args: number },
    clock: RedisClock | null,
  ) {
    this.#redis = redis;
    this.#clock = clock;
    // Each run's deadline comes before its own arguments.
    this.#script = new Script(`${IS_OVER}
local function run(KEYS, ARGV)
${lua}
end
local time = redis.call('TIME')
local replies = { time }
for i = 1, #KEYS / ${keys} do
  local from = (i - 1) * ${args + 1} + 1
  if is_over(ARGV[from], time) then
    replies[i + 1] = { 'late' }
  else
    local keys = { unpack(KEYS, (i - 1) * ${keys} + 1, i * ${keys}) }
    local ok, reply = pcall(run, keys, { unpack(ARGV, from + 1, from + ${args}) })
    if not ok then reply = type(reply) == 'table' and reply.err or tostring(reply) end
    replies[i + 1] = { ok and 1 or 0, reply }
  end
end
return replies`);
  }

  /**
   * @returns the reply of each run.
   * @throws the error from Redis: that of the whole command, or of the first run that failed; {@link TooLate} where
   * nothing was run.
   */
  run(runs: readonly Run[], call: Call): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      const unit = { runs, call, resolve, reject };
      // A cluster rejects a command whose keys are on two nodes.
      if (this.#redis instanceof Cluster) return void this.#send([unit]);
      this.#waiting.push(unit);
      this.#dropCutOff();
      this.#ask();
    });
  }

  /** Rejects the units in front, which have waited longest. While Redis hangs they must not pile up. */
  #dropCutOff(): void {
    while (this.#waiting[0]?.call.isCutOff === true) this.#waiting.shift()?.reject(new TooLate());
  }

  #ask(): void {
    if (this.#isAsked || this.#isUnderWay) return;
    this.#isAsked = true;
    setImmediate(() => {
      this.#isAsked = false;
      void this.#sendAll();
    });
  }

  /**
   * Sends all waiting units, {@link MOST_RUNS} runs to a command. The commands go out back to back, so that many
   * callers wait for one round trip in all rather than one per command.
   */
  async #sendAll(): Promise<void> {
    this.#isUnderWay = true;
    const commands: Promise<void>[] = [];
    for (let units = this.#next(); units.length > 0; units = this.#next()) commands.push(this.#send(units));
    await Promise.all(commands);
    this.#isUnderWay = false;
    if (this.#waiting.length > 0) this.#ask();
  }

  /**
   * Takes the units for one command: at most {@link MOST_RUNS} runs, unless one unit alone has more. Empty if none
   * waits.
   */
  #next(): Unit[] {
    const units: Unit[] = [];
    let runs = 0;
    for (;;) {
      this.#dropCutOff();
      const [unit] = this.#waiting;
      if (unit === undefined || (runs > 0 && runs + unit.runs.length > MOST_RUNS)) return units;
      this.#waiting.shift();
      units.push(unit);
      runs += unit.runs.length;
    }
  }

  /** Never throws: each unit is resolved or rejected by itself. */
  async #send(units: readonly Unit[]): Promise<void> {
    const clock = this.#clock;
    const keys = units.flatMap(({ runs }) => runs.flatMap((run) => run.keys));
    const [key = ''] = keys;
    try {
      if (this.#redis instanceof Cluster) {
        await clock?.contact(key);
        if (units.some(({ call }) => call.isCutOff)) throw new TooLate();
      }
      const deadlines = units.map(({ call }) => (clock === null ? '' : clock.deadline(call.endsAt, key)));
      const args = units.flatMap(({ runs }, at) => runs.flatMap((run) => [deadlines[at] ?? '', ...run.args]));
      for (const { call } of units) call.mayHaveTakenEffect = true;
      const [time, ...replies] = (await this.#script.run(this.#redis, keys, args)) as [
        unknown,
        ...RunReply[],
      ];
      clock?.learn(time, key);
      let from = 0;
      for (const unit of units) {
        const to = from + unit.runs.length;
        this.#settle(unit, replies.slice(from, to));
        from = to;
      }
    } catch (error) {
      for (const { reject } of units) reject(error);
    }
  }

  #settle(unit: Unit, replies: readonly RunReply[]): void {
    const { call, resolve, reject } = unit;
    if (replies[0]?.[0] === 'late') {
      call.mayHaveTakenEffect = false;
      // Redis' clock was set forward. The reply contains the new time and the caller still waits, so try again.
      if (call.isCutOff || performance.now() >= call.endsAt) reject(new TooLate());
      else if (this.#redis instanceof Cluster) void this.#send([unit]);
      else {
        this.#waiting.unshift(unit);
        this.#ask();
      }
      return;
    }
    const failed = replies.find(([status]) => status === 0);
    if (failed === undefined) resolve(replies.map(([, reply]) => reply));
    else reject(new Error(String(failed[1])));
  }
}
