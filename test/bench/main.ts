import { writeFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { accept } from './pairs/accept.ts';
import { latency } from './pairs/latency.ts';
import { through } from './pairs/through.ts';
import { median } from './samples.ts';

const HELP = `npm run bench -- [--pairs accept,through,latency] [--rounds 5] [--messages 20000] [--out bench.json]

Measures the product and the bare libraries in turns, in one run, several rounds each; everything is a ratio of the two, since the machine is not the
same from one minute to the next. Needs Linux (/proc).

  accept   POST /telegram/user/send (respond-async), against the least handler: Hono, zod, queue.add; 50 connections
  through  50 accounts, from jobs in Redis to completed, against 50 unmodified GramJS clients in a loop
  latency  one send at a time over HTTP, waited for, against one call of GramJS`;

/** One line of the table. */
interface Row {
  what: string;
  /** Of each round. */
  values: readonly number[];
  unit: 'x' | 'ms';
  /** What it should be at least (x) or at most (ms, CPU). */
  bar: string;
}

/** Runs the benchmark, prints its table and writes it down. @returns the exit code. */
export async function main(args: string[], say: (line: string) => void): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      pairs: { type: 'string', default: 'accept,through,latency' },
      rounds: { type: 'string', default: '5' },
      messages: { type: 'string', default: '20000' },
      out: { type: 'string', default: 'bench.json' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(HELP);
    return 0;
  }
  const [rounds, messages] = [Number(values.rounds), Number(values.messages)];
  if (!rounds || !messages) throw new Error('rounds and messages are whole numbers');
  const wanted = values.pairs.split(',');
  const rows: Row[] = [];
  const raw: Record<string, unknown> = {};
  if (wanted.includes('accept')) {
    const results = await accept(rounds, 8, say);
    raw['accept'] = results;
    rows.push(
      row(
        'accept, requests/s',
        results.map(({ product, bare }) => product.rate / bare.rate),
        'x',
        '≥ 0.85',
      ),
      row(
        'accept, CPU a request',
        results.map(({ product, bare }) => product.cpu / bare.cpu),
        'x',
        '',
      ),
    );
  }
  if (wanted.includes('through')) {
    const results = await through(rounds, messages, say);
    raw['through'] = results;
    rows.push(
      row(
        'through, messages/s',
        results.map(({ product, bare }) => product.rate / bare.rate),
        'x',
        '≥ 1.0',
      ),
      row(
        'through, messages a CPU second',
        results.map(({ product, bare }) => bare.cpu / product.cpu),
        'x',
        '≥ 1.0',
      ),
    );
  }
  if (wanted.includes('latency')) {
    const results = await latency(rounds, 300, say);
    raw['latency'] = results;
    rows.push(
      row(
        'latency p50 over bare',
        results.map(({ product, bare }) => product.p50 - bare.p50),
        'ms',
        '≤ 4',
      ),
      row(
        'latency p99 over bare',
        results.map(({ product, bare }) => product.p99 - bare.p99),
        'ms',
        '≤ 12',
      ),
    );
  }
  say('');
  for (const each of rows) say(lineOf(each));
  const machine = { node: process.version, kernel: release(), cpus: cpus().length, model: cpus()[0]?.model };
  await writeFile(
    values.out,
    `${JSON.stringify({ at: new Date().toISOString(), machine, rounds, rows, raw }, null, 2)}\n`,
  );
  return 0;
}

function row(what: string, values: number[], unit: Row['unit'], bar: string): Row {
  return { what, values, unit, bar };
}

function lineOf({ what, values, unit, bar }: Row): string {
  const shown = (value: number) => (unit === 'x' ? `x${value.toFixed(2)}` : `${value.toFixed(1)} ms`);
  const spread = `${shown(Math.min(...values))} … ${shown(Math.max(...values))}`;
  return `${what.padEnd(32)} ${shown(median(values)).padStart(9)}   ${spread.padEnd(22)} ${bar}`;
}
