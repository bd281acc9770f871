import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { EVENT_DELAY_BUCKETS, PREFIX } from './names.ts';

/** How the accounts of a worker receive now. */
export interface ReceivingGauges {
  /** Accounts that receive: those that read their updates, and those that wait to connect. */
  reading: number;
  waiting: number;
  /** Bytes of their stored events. */
  storedBytes: number;
  /** All webhooks, whichever worker delivers to them. */
  webhooks: { active: number; paused: number };
  /** Events of this worker's accounts that webhooks have not taken: all, and the most of one account at one webhook. */
  lag: { sum: number; max: number };
}

/** Counts what a worker's accounts receive. */
export interface ReceivingMetrics {
  /** An event was stored. `seconds`: its age by Telegram's date, if it was pushed and has one. */
  stored(type: string, seconds: number | null): void;
  /** An `updates.gap` was stored. */
  gap(reason: string): void;
  /** Telegram answered a request for what was missed. */
  difference(of: 'account' | 'channel', outcome: 'changes' | 'empty' | 'too_long'): void;
  /** An event was posted to a webhook. */
  delivery(outcome: 'delivered' | 'failed'): void;
}

/**
 * Registers the metrics of receiving.
 * @param gapReasons start at 0, so that an alert on an increase notices the first gap.
 * @returns what counts, and a function that sets the gauges.
 */
export function createReceivingMetrics(
  register: Registry,
  gapReasons: readonly string[],
): ReceivingMetrics & { set: (now: ReceivingGauges) => void } {
  const registers = [register];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: PREFIX + name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name: PREFIX + name, help, labelNames, registers });
  const stored = counter('events_stored_total', 'Events stored, by type.', ['type']);
  const gaps = counter('event_gaps_total', 'Gaps in sequences of events, by reason.', ['reason']);
  const delay = new Histogram({
    name: `${PREFIX}event_delay_seconds`,
    help: 'Time from the date of a pushed message or edit to its storing. Telegram tells whole seconds.',
    buckets: EVENT_DELAY_BUCKETS,
    registers,
  });
  const differences = counter('differences_total', 'Answers about missed updates.', ['of', 'outcome']);
  const deliveries = counter('event_deliveries_total', 'Tries to post an event to a webhook.', ['outcome']);
  const accounts = gauge('accounts_receiving', 'Accounts that receive, by whether they read updates.', [
    'state',
  ]);
  const bytes = gauge('event_bytes', 'Bytes of stored events.');
  const webhooks = gauge('webhooks', 'Webhooks for events, by state.', ['state']);
  const lag = gauge('webhook_lag_events', 'Events that active webhooks have not taken.');
  const maxLag = gauge('webhook_lag_events_max', 'The most events of one account not taken by one webhook.');
  for (const reason of gapReasons) gaps.inc({ reason }, 0);
  for (const outcome of ['delivered', 'failed']) deliveries.inc({ outcome }, 0);
  return {
    stored: (type, seconds) => {
      stored.inc({ type });
      if (seconds !== null) delay.observe(seconds);
    },
    gap: (reason) => gaps.inc({ reason }),
    difference: (of, outcome) => differences.inc({ of, outcome }),
    delivery: (outcome) => deliveries.inc({ outcome }),
    set: (now) => {
      accounts.set({ state: 'reading' }, now.reading);
      accounts.set({ state: 'waiting' }, now.waiting);
      bytes.set(now.storedBytes);
      webhooks.set({ state: 'active' }, now.webhooks.active);
      webhooks.set({ state: 'paused' }, now.webhooks.paused);
      lag.set(now.lag.sum);
      maxLag.set(now.lag.max);
    },
  };
}
