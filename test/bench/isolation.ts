import { parseArgs } from 'node:util';
import { sleep } from '@gateway/runtime';
import { drained, fill } from './line.ts';
import { median, quantile } from './samples.ts';
import { Stage } from './stage.ts';

const HELP = `npm run bench:isolation -- [--accounts 1000] [--backlog 10000] [--flood 20] [--rate 100] [--rounds 3]

Effect of one account's long queue on all other accounts: the time from accepting a message to its end, for the others,
  quiet    with nothing in the one account's queue,
  flooded  with the backlog in its queue and the account under a flood wait,
  again    with nothing in its queue once more: shows how far two equal measurements differ on this machine,
  busy     with the backlog in its queue, being sent,
measured one after the other in each round. Ratios are to both quiet ones together.`;

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
  await using stage = await Crowd.open(accounts, say);
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

/** A worker with many accounts, one of which has a long queue. */
class Crowd implements AsyncDisposable {
  readonly #stage: Stage;

  private constructor(stage: Stage) {
    this.#stage = stage;
  }

  static async open(accounts: number, say: (line: string) => void): Promise<Crowd> {
    const stage = await Stage.open(accounts);
    say(`${stage.accounts.size} accounts are signed in`);
    await stage.startWorker();
    return new Crowd(stage);
  }

  /** Connects every account and sends one message from each. */
  async warmUp(): Promise<void> {
    const users = [...this.#stage.accounts.keys()];
    for (let at = 0; at < users.length; at += 20)
      await Promise.all(users.slice(at, at + 20).map((userId) => this.#send(userId, 60_000)));
  }

  /** Fills the queue of the busy account, with a flood wait of `flood` seconds. */
  async fill(backlog: number, flood: number): Promise<void> {
    const { control, accounts } = this.#stage;
    if (flood > 0) {
      const user_id = accounts.get(BUSY)?.id;
      if (user_id === undefined) throw new Error('there is no busy account');
      // A little longer than the measurement.
      const error = `FLOOD_WAIT_${flood + 5}`;
      await control.fault({ user_id, method: 'messages.sendMessage', error });
    }
    await fill(this.#stage, [BUSY], backlog);
  }

  /**
   * Sends `rate` messages per second from the other accounts, evenly. @returns ms from acceptance to the end, of each.
   */
  async measure(ms: number, rate: number): Promise<number[]> {
    const users = [...this.#stage.accounts.keys()].filter((userId) => userId !== BUSY);
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
    const { wait } = await this.#stage.producer.enqueue({ name: 'send', data: message }, () => {});
    const { end } = await wait.until(limit);
    wait.cancel();
    if (end !== 'finished') throw new Error(`${userId}: a message did not end (${end})`);
    return performance.now() - begun;
  }

  /** Waits until the busy account's queue is empty. */
  async drained(): Promise<void> {
    await drained(this.#stage, [BUSY]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stage[Symbol.asyncDispose]();
  }
}
