import { atTurnsEnd } from '@gateway/runtime';
import { Cluster } from 'ioredis';
import { IS_OVER, TooLate } from './deadline.ts';
import type { Call } from './redis-calls.ts';
import type { RedisClock } from './redis-clock.ts';
import type { RedisClient } from './redis.ts';
import { Script } from './script.ts';

/** One run of the script. */
export interface Run {
  keys: readonly string[];
  args: readonly (string | number | Buffer)[];
}

/** Runs that stay together: Redis does them one behind the other, with nothing in between. */
interface Unit {
  runs: readonly Run[];
  call: Call;
  resolve: (replies: unknown[]) => void;
  reject: (error: unknown) => void;
}

/** Runs in one command at most, save where more stay together: Redis does nothing else meanwhile. */
export const MOST_RUNS = 64;

/** How one run ended: its reply, its error, or that its deadline was over. */
type RunReply = [status: 1 | 0 | 'late', reply: unknown];

/**
 * A Lua script that is run many times a second, for one caller each time. All runs of one turn of the event loop, and all that come while Redis
 * works on those before, are one command, which shares its cost. One alone goes out as soon as it would by itself. Each fails or succeeds by
 * itself; one whose call is cut off, or over by Redis' clock, is not run.
 */
export class BatchedScript {
  readonly #redis: RedisClient;
  readonly #script: Script;
  readonly #clock: RedisClock | null;
  readonly #waiting: Unit[] = [];
  #isUnderWay = false;
  #isAsked = false;

  /**
   * @param lua is run with its own `KEYS` and `ARGV`, as many each time as `keys` and `args` say, and returns the run's reply.
   * @param clock gives the deadlines; `null`: there are none, since the nodes of a Cluster have a clock each.
   */
  constructor(
    redis: RedisClient,
    lua: string,
    { keys, args }: { keys: number; args: number },
    clock: RedisClock | null,
  ) {
    this.#redis = redis;
    this.#clock = clock;
    // Each run's deadline stands before its own arguments.
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

  /** @returns the reply of each run. @throws what Redis says, of all or of the first that failed; {@link TooLate} where none was run. */
  run(runs: readonly Run[], call: Call): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      const unit = { runs, call, resolve, reject };
      // A Cluster takes no command whose keys lie on two nodes.
      if (this.#redis instanceof Cluster && !call.isCutOff) return void this.#send([unit]);
      this.#waiting.push(unit);
      this.#dropCutOff();
      this.#ask();
    });
  }

  /** Those in front have waited longest. While Redis hangs they must not pile up. */
  #dropCutOff(): void {
    while (this.#waiting[0]?.call.isCutOff === true) this.#waiting.shift()?.reject(new TooLate());
  }

  #ask(): void {
    if (this.#isAsked || this.#isUnderWay) return;
    this.#isAsked = true;
    atTurnsEnd(() => {
      this.#isAsked = false;
      void this.#sendAll();
    });
  }

  /** All that wait, {@link MOST_RUNS} to a command: one right behind the other, so that a crowd waits for one answer and not for each. */
  async #sendAll(): Promise<void> {
    this.#isUnderWay = true;
    const commands: Promise<void>[] = [];
    for (let units = this.#next(); units.length > 0; units = this.#next()) commands.push(this.#send(units));
    await Promise.all(commands);
    this.#isUnderWay = false;
    if (this.#waiting.length > 0) this.#ask();
  }

  /** Units for one command, at most {@link MOST_RUNS} runs save where one has more by itself; none: nobody waits. */
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

  /** Never throws: each unit gets its own end. */
  async #send(units: readonly Unit[]): Promise<void> {
    const clock = this.#clock;
    const deadlines = units.map(({ call }) => (clock === null ? '' : clock.deadline(call.endsAt)));
    const keys = units.flatMap(({ runs }) => runs.flatMap((run) => run.keys));
    const args = units.flatMap(({ runs }, at) => runs.flatMap((run) => [deadlines[at] ?? '', ...run.args]));
    for (const { call } of units) call.mayHaveTakenEffect = true;
    try {
      const [time, ...replies] = (await this.#script.run(this.#redis, keys, args)) as [
        unknown,
        ...RunReply[],
      ];
      clock?.learn(time);
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
      // Redis' clock was set forward. It has been read anew by now, and the caller waits still.
      if (!call.isCutOff && performance.now() < call.endsAt) {
        this.#waiting.unshift(unit);
        this.#ask();
      } else reject(new TooLate());
      return;
    }
    const failed = replies.find(([status]) => status === 0);
    if (failed === undefined) resolve(replies.map(([, reply]) => reply));
    else reject(new Error(String(failed[1])));
  }
}
