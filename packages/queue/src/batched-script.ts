import { atTurnsEnd } from '@gateway/runtime';
import { Cluster } from 'ioredis';
import type { Call } from './redis-calls.ts';
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

/**
 * A Lua script that is run many times a second, for one caller each time. All runs of one turn of the event loop, and all that come while Redis
 * works on those before, are one command: what a command costs, here and in Redis, is then theirs together. One alone goes out as soon as it
 * would by itself. Each fails or succeeds by itself, and one that is cut off before it goes out never does.
 */
export class BatchedScript {
  readonly #redis: RedisClient;
  readonly #script: Script;
  readonly #waiting: Unit[] = [];
  #isUnderWay = false;
  #isAsked = false;

  /** @param lua is run with its own `KEYS` and `ARGV`, as many each time as `keys` and `args` say, and returns the run's reply. */
  constructor(redis: RedisClient, lua: string, { keys, args }: { keys: number; args: number }) {
    this.#redis = redis;
    this.#script = new Script(`
local function run(KEYS, ARGV)
${lua}
end
local replies = {}
for i = 1, #KEYS / ${keys} do
  local keys = { unpack(KEYS, (i - 1) * ${keys} + 1, i * ${keys}) }
  local ok, reply = pcall(run, keys, { unpack(ARGV, (i - 1) * ${args} + 1, i * ${args}) })
  if not ok then reply = type(reply) == 'table' and reply.err or tostring(reply) end
  replies[i] = { ok and 1 or 0, reply }
end
return replies`);
  }

  /** @returns the reply of each run. @throws what Redis says, of all or of the first that failed. */
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

  /** Those in front have waited longest. A Redis that hangs must not have them kept. */
  #dropCutOff(): void {
    while (this.#waiting[0]?.call.isCutOff === true)
      this.#waiting.shift()?.reject(new Error('its caller does not wait any more'));
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

  /** Never throws: each is told its own end. */
  async #send(units: readonly Unit[]): Promise<void> {
    const runs = units.flatMap((unit) => unit.runs);
    const [keys, args] = [runs.flatMap((run) => run.keys), runs.flatMap((run) => run.args)];
    try {
      const replies = (await this.#script.run(this.#redis, keys, args)) as [number, unknown][];
      let from = 0;
      for (const unit of units) {
        const to = from + unit.runs.length;
        settle(unit, replies.slice(from, to));
        from = to;
      }
    } catch (error) {
      for (const { reject } of units) reject(error);
    }
  }
}

function settle({ resolve, reject }: Unit, replies: readonly [number, unknown][]): void {
  const failed = replies.find(([ok]) => ok === 0);
  if (failed === undefined) resolve(replies.map(([, reply]) => reply));
  else reject(new Error(String(failed[1])));
}
