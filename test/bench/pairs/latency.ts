import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { quantile } from '../samples.ts';
import { Stage } from '../stage.ts';

/** Per round. */
const SENDS = 300;

interface LatencyRound {
  /** ms from a request to its answer, against one call of the bare library. */
  product: { p50: number; p99: number };
  bare: { p50: number; p99: number };
}

/**
 * One send at a time over HTTP, waiting for the result, against the bare library. Alternating, so that both see the
 * same machine.
 */
export const latency: Pair = {
  name: 'latency',
  about: 'one send at a time over HTTP, waited for, against one call of GramJS',
  run: async (options) => {
    const results = await measureLatency(options);
    const over = (part: 'p50' | 'p99') => results.map(({ product, bare }) => product[part] - bare[part]);
    const rows: Row[] = [
      { what: 'latency p50 over bare', values: over('p50'), unit: 'ms', bar: { at: 'most', value: 4 } },
      { what: 'latency p99 over bare', values: over('p99'), unit: 'ms', bar: { at: 'most', value: 12 } },
    ];
    return { rows, raw: results };
  },
};

async function measureLatency({ rounds, say }: BenchOptions): Promise<LatencyRound[]> {
  await using stage = await Stage.open(2);
  const [ours = '', theirs = ''] = stage.accounts.keys();
  const worker = await stage.startWorker();
  const { api, url } = await stage.startApi();
  const file = join(stage.directory, 'accounts.json');
  await writeFile(file, JSON.stringify({ [theirs]: stage.accounts.get(theirs) }));
  const bare = await stage.start('test/bench/bare/gramjs.ts', { BENCH_ACCOUNTS: file });
  await bare.ask('connect', { count: 1 });
  const product = async (text: string): Promise<number> => {
    const begun = performance.now();
    const response = await fetch(`${url}/telegram/user/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30' },
      body: JSON.stringify({ user_id: ours, recipient_id: 'me', text }),
    });
    await response.json();
    if (response.status !== 200) throw new Error(`a send was answered ${response.status}`);
    return performance.now() - begun;
  };
  const results: LatencyRound[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const [own, other]: [number[], number[]] = [[], []];
    for (let index = 0; index < SENDS; index += 1) {
      own.push(await product(`message ${index}`));
      other.push(Number(await bare.ask('sendOne', { text: `message ${index}` })));
    }
    // The first round only warms both up.
    if (round === 0) continue;
    const of = (samples: number[]) => ({ p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) });
    results.push({ product: of(own), bare: of(other) });
    say(
      `latency ${round}: p50 ${of(own).p50.toFixed(1)} ms, p99 ${of(own).p99.toFixed(1)}; bare ${of(other).p50.toFixed(1)}, ${of(other).p99.toFixed(1)}`,
    );
  }
  await Promise.all([worker.end(), api.end(), bare.end()]);
  return results;
}
