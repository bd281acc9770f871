import { drained, fill } from '../line.ts';
import type { BenchOptions, Pair, Row } from '../pair.ts';
import { Stage } from '../stage.ts';

const ACCOUNTS = 1_000;

interface StartRound {
  /** s since the start of the process. */
  ready: number;
  firstSend: number;
  allSent: number;
}

/** Start of a worker with many accounts, each with a waiting message. */
export const start: Pair = {
  name: 'start',
  about:
    'a worker with 1,000 accounts, a message of each waiting: from its start to the first and to the last send',
  run: async (options) => {
    const results = await measureStart(options);
    const of = (part: keyof StartRound) => results.map((result) => result[part]);
    const rows: Row[] = [
      {
        what: 'start with 1,000 accounts to the first send',
        values: of('firstSend'),
        unit: 's',
        bar: { at: 'most', value: 3 },
      },
      { what: 'start with 1,000 accounts to all sent', values: of('allSent'), unit: 's' },
    ];
    return { rows, raw: results };
  },
};

async function measureStart({ rounds, say }: BenchOptions): Promise<StartRound[]> {
  await using stage = await Stage.open(ACCOUNTS);
  const users = [...stage.accounts.keys()];
  const results: StartRound[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    await fill(stage, users, users.length);
    const sentBefore = (await stage.control.counters()).messages;
    const begun = performance.now();
    const passed = () => (performance.now() - begun) / 1_000;
    const starting = stage.startWorker();
    while ((await stage.control.counters()).messages === sentBefore) await nextLook();
    const firstSend = passed();
    const worker = await starting;
    const ready = passed();
    await drained(stage, users);
    const allSent = passed();
    await worker.end();
    results.push({ ready, firstSend, allSent });
    say(
      `start ${round}: first send after ${firstSend.toFixed(2)} s, ready ${ready.toFixed(2)}, all sent ${allSent.toFixed(2)}`,
    );
  }
  return results;
}

/** ms between polls, which is the precision of the figure. */
const POLL_MS = 10;

function nextLook(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
