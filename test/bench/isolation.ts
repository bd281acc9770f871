import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Producer } from '@gateway/queue';
import { loadSealingKey, silentLogger, sleep } from '@gateway/runtime';
import { Part } from '../env/part.ts';
import { productSettings } from '../env/product-settings.ts';
import { RedisServer } from '../env/redis-server.ts';
import { SandboxControl } from '../env/sandbox-control.ts';
import { telegramSettings } from '../env/telegram-settings.ts';
import { makeAccounts, type BenchAccount } from './accounts.ts';
import { median, quantile } from './samples.ts';

const HELP = `npm run bench:isolation -- [--accounts 1000] [--backlog 10000] [--flood 20] [--rate 100] [--rounds 3]

What one account with a long line does to the others: the time from accepting a message to its end, of all other accounts,
  quiet    with nothing in the one account's line,
  flooded  with the backlog in its line and the account under a flood wait,
  again    with nothing in its line once more: how far two like measurements lie apart on this machine,
  busy     with the backlog in its line, going out,
measured one after the other in each round. Ratios are against both quiet ones together.`;

const SHARDS = 16;
const BUSY = 'account-0000';

const PHASES = ['quiet', 'flooded', 'again', 'busy'] as const;
type Phase = (typeof PHASES)[number];

/** Runs the benchmark and prints its table. @returns the exit code. */
export async function main(args: string[], say: (line: string) => void): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      accounts: { type: 'string', default: '1000' },
      backlog: { type: 'string', default: '10000' },
      flood: { type: 'string', default: '20' },
      rate: { type: 'string', default: '100' },
      rounds: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(HELP);
    return 0;
  }
  const [accounts, backlog, flood, rate, rounds] = [
    values.accounts,
    values.backlog,
    values.flood,
    values.rate,
    values.rounds,
  ].map(Number);
  if (!accounts || !backlog || !flood || !rate || !rounds) throw new Error('every option is a whole number');
  await using stage = await Stage.open(accounts, say);
  await stage.warmUp();
  const results: Record<Phase, number[]>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const result: Record<Phase, number[]> = { quiet: [], flooded: [], again: [], busy: [] };
    for (const phase of PHASES) {
      const isQuiet = phase === 'quiet' || phase === 'again';
      if (!isQuiet) await stage.fill(backlog, phase === 'flooded' ? flood : 0);
      result[phase] = await stage.measure(flood * 1_000, rate);
      say(line(`round ${round} ${phase}`, result[phase]));
      if (!isQuiet) await stage.drained();
    }
    results.push(result);
  }
  say('');
  const ratios = (name: string, of: (result: Record<Phase, number[]>) => [number[], number[]]) => {
    const ratio = (part: number) =>
      median(
        results.map((result) => {
          const [samples, base] = of(result);
          return quantile(samples, part) / quantile(base, part);
        }),
      ).toFixed(2);
    say(`${name.padEnd(20)} p50 x${ratio(0.5)}, p90 x${ratio(0.9)}, p99 x${ratio(0.99)}`);
  };
  say(`median of ${rounds} rounds`);
  ratios('noise (again/quiet)', ({ quiet, again }) => [again, quiet]);
  ratios('flooded', ({ quiet, again, flooded }) => [flooded, [...quiet, ...again]]);
  ratios('busy', ({ quiet, again, busy }) => [busy, [...quiet, ...again]]);
  return 0;
}

function line(name: string, latencies: readonly number[]): string {
  const [p50, p99] = [0.5, 0.99].map((part) => `${quantile(latencies, part).toFixed(1)} ms`);
  return `${name.padEnd(18)} ${String(latencies.length).padStart(5)} messages, p50 ${p50}, p99 ${p99}`;
}

/** Redis, the sandbox and a worker with many accounts that are signed in. */
class Stage implements AsyncDisposable {
  readonly #directory: string;
  readonly #redis: RedisServer;
  readonly #control: SandboxControl;
  readonly #producer: Producer;
  readonly #parts: Part[];
  readonly #ids: ReadonlyMap<string, BenchAccount>;

  private constructor(
    directory: string,
    redis: RedisServer,
    control: SandboxControl,
    parts: Part[],
    producer: Producer,
    ids: ReadonlyMap<string, BenchAccount>,
  ) {
    this.#directory = directory;
    this.#redis = redis;
    this.#control = control;
    this.#parts = parts;
    this.#producer = producer;
    this.#ids = ids;
  }

  static async open(accounts: number, say: (line: string) => void): Promise<Stage> {
    const directory = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
    const [dataDir, redisDir] = [join(directory, 'data'), join(directory, 'redis')];
    await Promise.all([mkdir(dataDir), mkdir(redisDir)]);
    const redis = await RedisServer.start({ directory: redisDir });
    const env = {
      ...(await productSettings(redis.url, dataDir)),
      SHARDS: String(SHARDS),
      LOG_LEVEL: 'warn',
    };
    const sandbox = new Part('packages/sandbox/src/main.ts', env, join(directory, 'sandbox.log'));
    const ready = await sandbox.ready;
    const control = new SandboxControl(`http://127.0.0.1:${env.SANDBOX_CONTROL_PORT}`);
    const ids = await makeAccounts(control, dataDir, accounts);
    say(`${ids.size} accounts are signed in`);
    const worker = new Part(
      'apps/worker/src/main.ts',
      { ...env, ...telegramSettings(ready) },
      join(directory, 'worker.log'),
    );
    await worker.ready;
    const { sealer } = loadSealingKey({ dataDir });
    const logger = silentLogger();
    const producer = new Producer({
      redisUrl: redis.url,
      shards: SHARDS,
      maxPending: 1_000_000,
      retentionMs: 60_000,
      sealer,
      logger,
    });
    while (
      !(await producer.claimShards().then(
        () => true,
        () => false,
      ))
    )
      await sleep(50);
    return new Stage(directory, redis, control, [worker, sandbox], producer, ids);
  }

  /** Every account connects and sends once. */
  async warmUp(): Promise<void> {
    const users = [...this.#ids.keys()];
    for (let at = 0; at < users.length; at += 20)
      await Promise.all(users.slice(at, at + 20).map((userId) => this.#send(userId, 60_000)));
  }

  /** Puts a backlog in the line of the one account, under a flood wait of `flood` seconds. */
  async fill(backlog: number, flood: number): Promise<void> {
    if (flood > 0) {
      const user_id = this.#ids.get(BUSY)?.id;
      if (user_id === undefined) throw new Error('there is no busy account');
      // A little longer than what is measured.
      const error = `FLOOD_WAIT_${flood + 5}`;
      await this.#control.fault({ user_id, method: 'messages.sendMessage', error });
    }
    for (let at = 0; at < backlog; at += 500) {
      const size = Math.min(500, backlog - at);
      await Promise.all(Array.from({ length: size }, (_, index) => this.#add(BUSY, `backlog ${at + index}`)));
    }
  }

  async #add(userId: string, text: string): Promise<void> {
    const message = { userId, recipient: 'me', text, linkPreview: true, requestId: 'bench' };
    (await this.#producer.send({ job: message })).wait.cancel();
  }

  /** Sends from all other accounts, evenly, `rate` a second. @returns ms from acceptance to the end, of each. */
  async measure(ms: number, rate: number): Promise<number[]> {
    const users = [...this.#ids.keys()].filter((userId) => userId !== BUSY);
    const begun = performance.now();
    const sending: Promise<number>[] = [];
    while (performance.now() - begun < ms) {
      const due = ((performance.now() - begun) / 1_000) * rate;
      while (sending.length < due)
        sending.push(this.#send(users[sending.length % users.length] ?? '', 30_000));
      await sleep(2);
    }
    return Promise.all(sending);
  }

  async #send(userId: string, limit: number): Promise<number> {
    const begun = performance.now();
    const message = { userId, recipient: 'me', text: `at ${begun}`, linkPreview: true, requestId: 'bench' };
    const { wait } = await this.#producer.send({ job: message });
    const { end } = await wait.until(limit);
    wait.cancel();
    if (end !== 'finished') throw new Error(`${userId}: a message did not end (${end})`);
    return performance.now() - begun;
  }

  /** Waits until nothing is left in the one account's line. */
  async drained(): Promise<void> {
    for (;;) {
      const { waiting, delayed, active } = await this.#producer.pending(BUSY);
      if (waiting + delayed + active === 0) return;
      await sleep(200);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#producer.close();
    for (const part of this.#parts) await part.end();
    await this.#redis[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
