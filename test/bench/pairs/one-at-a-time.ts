import type { Pair, Row } from '../pair.ts';
import { cpuRows, measureRounds, ratioRows, totalCpu } from '../rounds.ts';
import { withSides, type SideName } from '../side.ts';

/** Maximum messages per round and side. */
const MOST_MESSAGES = 500;

/** One account, one send after the other, each waiting for its result over HTTP. */
export const oneAtATime: Pair = {
  name: 'one-at-a-time',
  about: 'one account, one waited send after the other, against mtcute and GramJS behind Hono',
  run: async ({ rounds, messages, against, say }) => {
    const names: SideName[] = ['product', ...(against ? (['against'] as const) : []), 'mtcute', 'gramjs'];
    const raw = await withSides(names, { accounts: 1, against }, (sides) =>
      measureRounds(sides, { rounds, messages: Math.min(messages, MOST_MESSAGES) }, (round, line) =>
        say(`one at a time ${round}: ${line}`),
      ),
    );
    const ms = (part: 'p50' | 'p99'): Row => ({
      what: `one at a time, ${part}`,
      values: raw.flatMap(({ product }) => product?.[part] ?? []),
      unit: 'ms',
    });
    const rows = [
      ms('p50'),
      ...ratioRows('one at a time, p50', raw, ({ p50 }) => p50),
      ms('p99'),
      ...ratioRows('one at a time, p99', raw, ({ p99 }) => p99),
      ...ratioRows('one at a time, CPU', raw, totalCpu),
      ...cpuRows('one at a time', raw),
    ];
    return { rows, raw };
  },
};
