import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Snapshot } from './merge.ts';
import { CALL_BUCKETS, DELIVERY_BUCKETS, PREFIX } from './names.ts';
import { createReceivingMetrics, type ReceivingGauges, type ReceivingMetrics } from './receiving-metrics.ts';

/** The state of a worker's accounts. */
export interface WorkerGauges {
  /** Number of accounts by state. */
  accounts: ReadonlyMap<string, number>;
  /** Accounts with an open connection. */
  connected: number;
  waiting: number;
  delayed: number;
  active: number;
  /** Seconds since the oldest waiting message was accepted; 0: none waits. */
  oldestSeconds: number;
  shards: number;
  receiving: ReceivingGauges;
}

/** Metrics of a worker. No label names an account, a chat, a job or an address. */
export interface WorkerMetrics {
  /** A message was sent; `seconds` since it was accepted, or since its `send_at`. */
  sent(seconds: number): void;
  failed(code: string): void;
  /** Telegram or the gateway's own rules require a wait. */
  held(reason: string, seconds: number): void;
  /** One send call, look-ups included. */
  telegramSend(seconds: number): void;
  /** A connection to Telegram was opened. */
  connected(): void;
  lease(change: 'taken' | 'left'): void;
  /** A try to post the end of a job or a change of state. */
  webhook(outcome: 'delivered' | 'failed'): void;
  readonly receiving: ReceivingMetrics;
  /** Sets the gauges, then returns all metrics. */
  snapshot(gauges: WorkerGauges): Promise<Snapshot>;
}

/** @param gapReasons why events may be missing. */
export function createWorkerMetrics(gapReasons: readonly string[] = []): WorkerMetrics {
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
    help: 'Time from the acceptance of a message, or its send_at, to its sending.',
    buckets: DELIVERY_BUCKETS,
    registers,
  });
  const calls = new Histogram({
    name: `${PREFIX}telegram_send_seconds`,
    help: 'Send calls to Telegram, look-ups included.',
    buckets: CALL_BUCKETS,
    registers,
  });
  const holds = counter('holds_total', 'Required waits, by reason.', ['reason']);
  const holdSeconds = counter('hold_seconds_total', 'Seconds of required waits, by reason.', ['reason']);
  const connections = counter('telegram_connections_total', 'Connections to Telegram opened.');
  const leases = counter('lease_changes_total', 'Shards acquired and given up.', ['change']);
  const webhooks = counter('webhook_tries_total', 'Attempts to deliver a webhook, by outcome.', ['outcome']);
  const accounts = gauge('accounts', 'Accounts served, by state.', ['state']);
  const connected = gauge('accounts_connected', 'Accounts with an open connection to Telegram.');
  const depth = gauge('sends_pending', 'Messages that have not gone out, by state.', ['state']);
  const oldest = gauge('sends_oldest_seconds', 'Age of the oldest waiting message.');
  const shards = gauge('shards_served', 'Shards served.');
  const { set: setReceiving, ...receiving } = createReceivingMetrics(register, gapReasons);
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
    receiving,
    snapshot: async (now) => {
      accounts.reset();
      for (const [state, count] of now.accounts) accounts.set({ state }, count);
      connected.set(now.connected);
      depth.set({ state: 'waiting' }, now.waiting);
      depth.set({ state: 'delayed' }, now.delayed);
      depth.set({ state: 'active' }, now.active);
      oldest.set(now.oldestSeconds);
      shards.set(now.shards);
      setReceiving(now.receiving);
      return (await register.getMetricsAsJSON()) as Snapshot;
    },
  };
}
