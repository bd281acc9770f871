import { writeFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { openCheckout } from '../env/checkout.ts';
import { lineOf, type Pair, type Row } from './pair.ts';
import { accept } from './pairs/accept.ts';
import { connect } from './pairs/connect.ts';
import { events } from './pairs/events.ts';
import { files } from './pairs/files.ts';
import { growth } from './pairs/growth.ts';
import { idle } from './pairs/idle.ts';
import { latency } from './pairs/latency.ts';
import { libraries } from './pairs/libraries.ts';
import { many } from './pairs/many.ts';
import { oneAtATime } from './pairs/one-at-a-time.ts';
import { receiving } from './pairs/receiving.ts';
import { resting } from './pairs/resting.ts';
import { start } from './pairs/start.ts';
import { through } from './pairs/through.ts';
import { waited } from './pairs/waited.ts';
import { watchers } from './pairs/watchers.ts';
import { drawResults } from './picture.ts';

const PAIRS: readonly Pair[] = [
  waited,
  oneAtATime,
  resting,
  accept,
  through,
  latency,
  idle,
  many,
  connect,
  start,
  watchers,
  receiving,
  events,
  growth,
  files,
  libraries,
];

const HELP = `npm run bench -- [--pairs accept,through] [--rounds 3] [--messages 20000] [--accounts 10000] [--out bench.json] [--picture bench.svg] [--against ../main]

Measures the product and the bare libraries alternately in one run, with several rounds each. All results are ratios of the two, since the
speed of the machine varies. --accounts is for many and events. CPU is counted per process; the sandbox is a separate process. Needs Linux (/proc).

--against names another checkout with its dependencies installed. waited, one-at-a-time, resting, watchers and files then
measure its built code in turns with this one's, both on this one's sandbox.

${PAIRS.map(({ name, about }) => `  ${name.padEnd(15)}${about}`).join('\n')}`;

/** Runs the benchmark, prints its table and saves it. @returns the exit code. */
export async function main(args: string[], say: (line: string) => void): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      pairs: { type: 'string', default: PAIRS.map(({ name }) => name).join(',') },
      rounds: { type: 'string', default: '3' },
      messages: { type: 'string', default: '20000' },
      accounts: { type: 'string', default: '10000' },
      out: { type: 'string', default: 'bench.json' },
      picture: { type: 'string', default: '' },
      against: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(HELP);
    return 0;
  }
  const [rounds, messages, accounts] = [values.rounds, values.messages, values.accounts].map(Number);
  if (!rounds || !messages || !accounts) throw new Error('rounds, messages and accounts are whole numbers');
  const against = values.against === '' ? undefined : await openCheckout(values.against);
  const wanted = values.pairs.split(',').map(pairNamed);
  const rows: Row[] = [];
  const raw: Record<string, unknown> = {};
  for (const pair of wanted) {
    const result = await pair.run({ rounds, messages, accounts, against, say });
    rows.push(...result.rows);
    raw[pair.name] = result.raw;
  }
  say('');
  for (const row of rows) say(lineOf(row));
  const machine = { node: process.version, kernel: release(), cpus: cpus().length, model: cpus()[0]?.model };
  const report = { at: new Date().toISOString(), machine, rounds, rows, raw };
  await writeFile(values.out, `${JSON.stringify(report, null, 2)}\n`);
  if (values.picture !== '') await writeFile(values.picture, drawResults(rows));
  return 0;
}

function pairNamed(name: string): Pair {
  const pair = PAIRS.find((each) => each.name === name);
  if (pair === undefined)
    throw new Error(`there is no pair ${name}: choose from ${PAIRS.map((each) => each.name).join(', ')}`);
  return pair;
}
