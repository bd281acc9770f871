import { sleep } from '@gateway/runtime';
import type { Row } from './pair.ts';
import { quantile } from './samples.ts';
import { sendWaited, type Side, type SideName } from './side.ts';
import { measureEach } from './usage.ts';

/** The sends of one side in one round, each waiting for its result. */
export interface SideRound {
  /** Messages per second. */
  rate: number;
  /** ms from a request to its answer. */
  p50: number;
  p99: number;
  /** CPU seconds per 1,000 messages, by process. */
  cpu: Readonly<Record<string, number>>;
}

export type Round = Readonly<Partial<Record<SideName, SideRound>>>;

/** Turns of each side in a round. With shorter turns, both sides see more similar conditions. */
const TURNS = 8;

/** ms after a turn during which CPU still counts, because a worker fetches again after each answer. */
const TAIL_MS = 50;

/** Makes the sides send in turns. The first round only warms them up. */
export async function measureRounds(
  sides: readonly Side[],
  { rounds, messages }: { rounds: number; messages: number },
  tell: (round: number, line: string) => void,
): Promise<Round[]> {
  const results: Round[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const turns = sides.map((): Turn[] => []);
    for (let turn = 0; turn < TURNS; turn += 1)
      for (const [index, side] of sides.entries())
        turns[index]?.push(await measureTurn(side, Math.ceil(messages / TURNS)));
    if (round === 0) continue;
    const result: Partial<Record<SideName, SideRound>> = {};
    for (const [index, { name, processes }] of sides.entries()) {
      const measured = sideRound(Object.keys(processes), turns[index] ?? []);
      result[name] = measured;
      tell(round, `${name.padEnd(8)} ${lineOf(measured)}`);
    }
    results.push(result);
  }
  return results;
}

/** Messages of one turn of a side. */
interface Turn {
  /** ms of each message. */
  times: number[];
  /** s for all messages. */
  wall: number;
  /** CPU seconds, in the order of the side's processes. */
  cpu: number[];
}

async function measureTurn(side: Side, messages: number): Promise<Turn> {
  const { control } = side.stage;
  const before = (await control.counters()).messages;
  let times: number[] = [];
  let wall = 0;
  const { cpu } = await measureEach(Object.values(side.processes), async () => {
    const begun = performance.now();
    times = await sendWaited(side, messages);
    wall = (performance.now() - begun) / 1_000;
    await sleep(TAIL_MS);
  });
  const sent = (await control.counters()).messages - before;
  if (sent !== messages) throw new Error(`${side.name}: ${sent} of ${messages} messages were sent`);
  return { times, wall, cpu };
}

function sideRound(processes: readonly string[], turns: readonly Turn[]): SideRound {
  const times = turns.flatMap((turn) => turn.times);
  const wall = sum(turns.map((turn) => turn.wall));
  const cpuOf = (index: number) => sum(turns.map(({ cpu }) => cpu[index] ?? NaN));
  return {
    rate: times.length / wall,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    cpu: Object.fromEntries(processes.map((name, index) => [name, (cpuOf(index) / times.length) * 1_000])),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function lineOf(round: SideRound): string {
  const { rate, p50, p99, cpu } = round;
  const parts = Object.entries(cpu).map(([name, seconds]) => `${name} ${seconds.toFixed(2)}`);
  return `${rate.toFixed(0)} messages/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)}, ${totalCpu(round).toFixed(2)} CPU s/1000 (${parts.join(', ')})`;
}

export function totalCpu({ cpu }: SideRound): number {
  return sum(Object.values(cpu));
}

/** CPU rows of the product: its sum, and each of its processes. */
export function cpuRows(what: string, rounds: readonly Round[]): Row[] {
  const products = rounds.flatMap(({ product }) => product ?? []);
  const names = Object.keys(products[0]?.cpu ?? {});
  const row = (name: string, values: number[]): Row => ({ what: `${what}, ${name}`, values, unit: 's' });
  return [
    row('CPU for 1,000 messages', products.map(totalCpu)),
    ...names.map((name) =>
      row(
        `of it ${name}`,
        products.map(({ cpu }) => cpu[name] ?? NaN),
      ),
    ),
  ];
}

const OTHERS = {
  against: 'the other checkout',
  mtcute: 'mtcute behind Hono',
  gramjs: 'GramJS behind Hono',
} as const;

/** Rows with a figure of the product as a ratio to that of each other side. */
export function ratioRows(what: string, rounds: readonly Round[], of: (side: SideRound) => number): Row[] {
  return (Object.keys(OTHERS) as (keyof typeof OTHERS)[]).flatMap((name) => {
    const values = rounds.flatMap(({ product, [name]: other }) =>
      product === undefined || other === undefined ? [] : of(product) / of(other),
    );
    return values.length === 0 ? [] : [{ what: `${what}, to ${OTHERS[name]}`, values, unit: 'x' }];
  });
}
