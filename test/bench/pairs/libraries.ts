import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { Stage } from '../stage.ts';
import { measureCpu } from '../usage.ts';

const ACCOUNTS = 50;

/** The unmodified library is first: the others are compared with it. */
const SIDES = {
  gramjs: 'test/bench/bare/gramjs.ts',
  ours: 'test/bench/ours.ts',
  mtcute: 'test/bench/bare/mtcute.ts',
} as const;

type Side = keyof typeof SIDES;
/** Messages per second, and CPU seconds per thousand messages. */
type LibrariesRound = Record<Side, { rate: number; cpu: number }>;

/** Libraries alone in a loop: shows what a replacement of GramJS would gain. */
export const libraries: Pair = {
  name: 'libraries',
  about: '50 clients sending in a loop: our client on GramJS, and mtcute, against unmodified GramJS',
  run: async (options) => {
    const results = await measureLibraries(options);
    const row = (side: Side, what: string): Row => ({
      what,
      values: results.map((result) => result.gramjs.cpu / result[side].cpu),
      unit: 'x',
    });
    const rows = [
      row('ours', 'our client on GramJS, messages a CPU second'),
      row('mtcute', 'mtcute, messages a CPU second'),
    ];
    return { rows, raw: results };
  },
};

async function measureLibraries({ rounds, messages, say }: BenchOptions): Promise<LibrariesRound[]> {
  await using stage = await Stage.open(ACCOUNTS);
  const accountsFile = join(stage.directory, 'accounts.json');
  await writeFile(accountsFile, JSON.stringify(Object.fromEntries(stage.accounts)));
  const results: LibrariesRound[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const count = round === 0 ? ACCOUNTS * 20 : messages;
    const measured = {
      gramjs: await measure(stage, accountsFile, 'gramjs', count),
      ours: await measure(stage, accountsFile, 'ours', count),
      mtcute: await measure(stage, accountsFile, 'mtcute', count),
    };
    // The first round only warms up the machine.
    if (round === 0) continue;
    results.push(measured);
    const each = Object.entries(measured).map(
      ([side, { rate, cpu }]) => `${side} ${rate.toFixed(0)} messages/s, ${cpu.toFixed(2)} CPU s/1000`,
    );
    say(`libraries ${round}: ${each.join('; ')}`);
  }
  return results;
}

async function measure(stage: Stage, accountsFile: string, side: Side, messages: number) {
  const part = await stage.start(SIDES[side], { BENCH_ACCOUNTS: accountsFile });
  await part.ask('connect', { count: ACCOUNTS });
  await part.ask('send', { count: ACCOUNTS * 20 });
  const { wall, cpu } = await measureCpu([part.pid], async () => {
    await part.ask('send', { count: messages });
  });
  await part.end();
  return { rate: messages / wall, cpu: (cpu / messages) * 1_000 };
}
