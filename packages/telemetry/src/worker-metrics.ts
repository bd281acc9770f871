import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Snapshot } from './merge.ts';
import { CALL_BUCKETS, DELIVERY_BUCKETS, PREFIX } from './names.ts';

/** How the accounts of a worker stand. */
export interface WorkerGauges {
  /** Accounts by state. */
  accounts: ReadonlyMap<string, number>;
  /** Those with an open connection. */
  connected: number;
  waiting: number;
  delayed: number;
  active: number;
  /** s since the oldest message that waits was accepted; 0: none does. */
  oldestSeconds: number;
  shards: number;
}

/** What a worker counts. No label names an account, a chat, a job or an address. */
export interface WorkerMetrics {
  /** A message is out; s since it was accepted, or since its `send_at`. */
  sent(seconds: number): void;
  failed(code: string): void;
  /** Telegram, or what stands in its place, asks for a wait. */
  held(reason: string, seconds: number): void;
  /** One call that sends, look-ups included. */
  telegramSend(seconds: number): void;
  /** A connection to Telegram was opened. */
  connected(): void;
  lease(change: 'taken' | 'left'): void;
  webhook(outcome: 'delivered' | 'failed'): void;
  /** Sets the gauges, then tells everything. */
  snapshot(gauges: WorkerGauges): Promise<Snapshot>;
}

export function createWorkerMetrics(): WorkerMetrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name: PREFIX + name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name: PREFIX + name, help, labelNames, registers });
  const sends = counter('sends_sent_total', 'Messages sent.');
  const failures = counter('sends_failed_total', 'Messages that failed for good, by error code.', ['code']);
  const delivery = new Histogram({
    name: `${PREFIX}send_delivery_seconds`,
    help: 'From the acceptance of a message, or its send_at, until it was sent.',
    buckets: DELIVERY_BUCKETS,
    registers,
  });
  const calls = new Histogram({
    name: `${PREFIX}telegram_send_seconds`,
    help: 'Calls to Telegram that send, look-ups included.',
    buckets: CALL_BUCKETS,
    registers,
  });
  const holds = counter('holds_total', 'Waits that were asked for, by reason.', ['reason']);
  const holdSeconds = counter('hold_seconds_total', 'Seconds of waits that were asked for, by reason.', [
    'reason',
  ]);
  const connections = counter('telegram_connections_total', 'Connections to Telegram opened.');
  const leases = counter('lease_changes_total', 'Shards taken and left.', ['change']);
  const webhooks = counter('webhook_tries_total', 'Tries to deliver a webhook, by outcome.', ['outcome']);
  const accounts = gauge('accounts', 'Accounts served, by state.', ['state']);
  const connected = gauge('accounts_connected', 'Accounts with an open connection to Telegram.');
  const depth = gauge('sends_pending', 'Messages that have not gone out, by state.', ['state']);
  const oldest = gauge('sends_oldest_seconds', 'Age of the oldest message that waits.');
  const shards = gauge('shards_served', 'Shards served.');
  return {
    sent: (seconds) => {
      sends.inc();
      delivery.observe(seconds);
    },
    failed: (code) => failures.inc({ code }),
    held: (reason, seconds) => {
      holds.inc({ reason });
      holdSeconds.inc({ reason }, seconds);
    },
    telegramSend: (seconds) => calls.observe(seconds),
    connected: () => connections.inc(),
    lease: (change) => leases.inc({ change }),
    webhook: (outcome) => webhooks.inc({ outcome }),
    snapshot: async (now) => {
      accounts.reset();
      for (const [state, count] of now.accounts) accounts.set({ state }, count);
      connected.set(now.connected);
      depth.set({ state: 'waiting' }, now.waiting);
      depth.set({ state: 'delayed' }, now.delayed);
      depth.set({ state: 'active' }, now.active);
      oldest.set(now.oldestSeconds);
      shards.set(now.shards);
      return (await register.getMetricsAsJSON()) as Snapshot;
    },
  };
}
