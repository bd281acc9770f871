import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { ChaosOptions } from './chaos.ts';

export type ChaosChoice = Omit<ChaosOptions, 'say' | 'signal'>;

const FLAGS = {
  minutes: { default: '10', about: 'how long messages are posted and faults happen' },
  seed: { default: '', about: 'seed of the random source; by default a new one each time' },
  accounts: { default: '200', about: 'accounts that send' },
  workers: { default: '3', about: 'worker processes' },
  apis: { default: '2', about: 'API processes' },
  rate: { default: '60', about: 'messages per second, over all accounts' },
  incoming: {
    default: '30',
    about: 'what friends write, edit and delete per second, over all chats; 0: accounts do not receive',
  },
  gap: { default: '3', about: 'average seconds from one fault to the next' },
  longest: { default: '9000', about: 'UTF-16 units of the longest texts; texts over 4096 are sent in parts' },
  fsync: { default: 'always', about: "Redis's appendfsync: always or everysec" },
  redis: { default: 'server', about: 'server, cluster or sentinel: with the last two, a primary is killed' },
} as const;

type Flag = keyof typeof FLAGS;

export const HELP = [
  'npm run chaos -- [options]',
  '',
  'Sends texts, files, albums and more, edits, forwards, deletes, reacts, pins, reads, presses, joins, leaves and',
  'downloads through several APIs and workers while they, Redis and the sandbox are killed, frozen and cut off, and',
  'compares what the sandbox has with what was accepted. Friends write to the accounts meanwhile, and their events are',
  'compared with what was written: during the run too with one Redis server, else at its end. Exit code 0 if no fault',
  'was found.',
  '',
  ...Object.entries(FLAGS).map(
    ([name, { default: value, about }]) =>
      `  --${name.padEnd(10)}${about}${value === '' ? '' : ` (${value})`}`,
  ),
].join('\n');

/**
 * Parses the command line. @returns `'help'` if it asks for help.
 * @throws {Error} with one line that names the option.
 */
export function readOptions(args: readonly string[]): ChaosChoice | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean' },
      ...Object.fromEntries(Object.keys(FLAGS).map((name) => [name, { type: 'string' as const }])),
    },
  });
  if (values.help === true) return 'help';
  const given = new Map<string, unknown>(Object.entries(values));
  const textOf = (flag: Flag): string => String(given.get(flag) ?? FLAGS[flag].default);
  const numberOf = (flag: Flag, low: number, high: number, isWhole = true): number => {
    const value = Number(textOf(flag));
    const isGood =
      textOf(flag) !== '' && value >= low && value <= high && (!isWhole || Number.isInteger(value));
    if (!isGood)
      throw new Error(`--${flag} must be a ${isWhole ? 'whole ' : ''}number from ${low} to ${high}`);
    return value;
  };
  const fsync = textOf('fsync');
  if (fsync !== 'always' && fsync !== 'everysec') throw new Error('--fsync must be always or everysec');
  const redis = textOf('redis');
  if (redis !== 'server' && redis !== 'cluster' && redis !== 'sentinel')
    throw new Error('--redis must be server, cluster or sentinel');
  return {
    length: { seconds: numberOf('minutes', 0.1, 24 * 60, false) * 60 },
    seed: given.has('seed') ? numberOf('seed', 0, 2 ** 32 - 1) : randomInt(2 ** 32),
    accounts: numberOf('accounts', 2, 2_000),
    workers: numberOf('workers', 1, 20),
    apis: numberOf('apis', 1, 20),
    rate: numberOf('rate', 0.1, 1_000, false),
    incoming: numberOf('incoming', 0, 1_000, false),
    gap: numberOf('gap', 0.1, 600, false),
    longest: numberOf('longest', 60, 65_536),
    fsync,
    redis,
  };
}
