import type { Checkout } from '../env/checkout.ts';
import { median } from './samples.ts';

/** The values of one figure in all rounds. */
export interface Row {
  what: string;
  /** One per round. */
  values: readonly number[];
  /** `x`: ratio to the other side; or milliseconds, seconds, bytes; `n`: a count. */
  unit: 'x' | 'ms' | 's' | 'B' | 'MiB' | 'n';
  /** The target; `undefined`: the figure has none. */
  bar?: { at: 'least' | 'most'; value: number };
}

export interface BenchOptions {
  rounds: number;
  /** Messages per round, for pairs that send many. */
  messages: number;
  /** Accounts, for pairs that have many. */
  accounts: number;
  /** Another checkout of the product to measure against, if there is one. */
  against: Checkout | undefined;
  say: (line: string) => void;
}

/** Two sides that are measured alternately. */
export interface Pair {
  name: string;
  /** One line for `--help`. */
  about: string;
  /** @returns the table's rows and the raw data behind them. */
  run(options: BenchOptions): Promise<{ rows: Row[]; raw: unknown }>;
}

export function isMet({ values, bar }: Row): boolean {
  if (bar === undefined) return true;
  return bar.at === 'least' ? median(values) >= bar.value : median(values) <= bar.value;
}

export function lineOf(row: Row): string {
  const { what, values, bar } = row;
  const spread = `${shown(row, Math.min(...values))} … ${shown(row, Math.max(...values))}`;
  const wanted =
    bar === undefined
      ? ''
      : `${bar.at === 'least' ? '≥' : '≤'} ${shown(row, bar.value)} ${isMet(row) ? '✓' : '✗'}`;
  return `${what.padEnd(44)} ${shown(row, median(values)).padStart(9)}   ${spread.padEnd(24)} ${wanted}`.trimEnd();
}

/** Formats a value in the unit of its row. */
export function shown({ unit }: Row, value: number): string {
  if (unit === 'x') return `x${value.toFixed(2)}`;
  if (unit === 'B') return `${Math.round(value)} B`;
  if (unit === 'n') return String(Math.round(value));
  return `${value.toFixed(unit === 's' ? 2 : 1)} ${unit}`;
}
