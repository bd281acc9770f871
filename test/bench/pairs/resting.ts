import type { Pair, Row } from '../pair.ts';
import { measureTraffic, type Traffic } from '../redis-traffic.ts';
import { sendWaited, withSides, type Side } from '../side.ts';

/** Sends that warm up a side: its connections, scripts and caches. */
const FIRST_MESSAGES = 20;

/** Redis commands for one message of an account that has nothing else to send. */
export const resting: Pair = {
  name: 'resting',
  about: 'one waited message on a resting account: commands and bytes of Redis',
  run: async ({ rounds, against, say }) => {
    const names = against === undefined ? (['product'] as const) : (['product', 'against'] as const);
    const raw: Partial<Record<Side['name'], Traffic>>[] = [];
    await withSides(names, { accounts: 1, against }, async (sides) => {
      for (const side of sides) await sendWaited(side, FIRST_MESSAGES);
      for (let round = 1; round <= rounds; round += 1) {
        const result: (typeof raw)[number] = {};
        for (const side of sides) {
          const traffic = await measureTraffic(side.stage.redis.url, async () => {
            await sendWaited(side, 1);
          });
          result[side.name] = traffic;
          const { commands, inner, received, sent } = traffic;
          say(
            `resting ${round}: ${side.name.padEnd(8)} ${commands} commands, ${inner} inner calls, ${received} bytes received, ${sent} sent`,
          );
        }
        raw.push(result);
      }
    });
    const row = (what: string, part: keyof Traffic, rest: Pick<Row, 'unit' | 'bar'>): Row => ({
      what: `one message at rest, ${what}`,
      values: raw.flatMap(({ product }) => product?.[part] ?? []),
      ...rest,
    });
    const rows = [
      row('Redis commands', 'commands', { unit: 'n', bar: { at: 'most', value: 6 } }),
      row('calls in scripts', 'inner', { unit: 'n', bar: { at: 'most', value: 40 } }),
      row('bytes to Redis', 'received', { unit: 'B' }),
      row('bytes from Redis', 'sent', { unit: 'B' }),
    ];
    return { rows, raw };
  },
};
