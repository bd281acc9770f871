import type { Pair } from '../pair.ts';
import { cpuRows, measureRounds, ratioRows, totalCpu } from '../rounds.ts';
import { withSides, type SideName } from '../side.ts';

const ACCOUNTS = 50;

/** Maximum messages per round and side. */
const MOST_MESSAGES = 2_000;

/**
 * Sends that wait for their result over HTTP, one at a time per account, so that every queue is empty when a message
 * arrives.
 */
export const waited: Pair = {
  name: 'waited',
  about: '50 accounts, each send waited for over HTTP, 50 in flight, against mtcute and GramJS behind Hono',
  run: async ({ rounds, messages, against, say }) => {
    const names: SideName[] = ['product', ...(against ? (['against'] as const) : []), 'mtcute', 'gramjs'];
    const raw = await withSides(names, { accounts: ACCOUNTS, against }, (sides) =>
      measureRounds(sides, { rounds, messages: Math.min(messages, MOST_MESSAGES) }, (round, line) =>
        say(`waited ${round}: ${line}`),
      ),
    );
    const rows = [
      ...ratioRows('waited, messages/s', raw, ({ rate }) => rate),
      ...ratioRows('waited, CPU', raw, totalCpu),
      ...cpuRows('waited', raw),
    ];
    return { rows, raw };
  },
};
