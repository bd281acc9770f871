import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Snapshot } from './merge.ts';
import { CALL_BUCKETS, PREFIX } from './names.ts';

/** Metrics of an API process. No label contains text that a caller chooses. */
export interface ApiMetrics {
  /** Counts accepted messages, repeats with an Idempotency-Key included. */
  accepted(messages: number): void;
  /** `route`: the registered pattern, not the requested path. */
  http(call: { method: string; route: string; status: number; seconds: number }): void;
  /** Counts a request to the assistant; `outcome`: `replied`, or the error code. */
  assistant(outcome: string): void;
  /** Counts a reader of an account's events. @returns a function to call once when it has gone. */
  eventReader(way: 'stream' | 'long_poll'): () => void;
  snapshot(): Promise<Snapshot>;
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function createApiMetrics(): ApiMetrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const accepted = new Counter({
    name: `${PREFIX}sends_accepted_total`,
    help: 'Messages accepted.',
    registers,
  });
  const http = new Histogram({
    name: `${PREFIX}http_request_seconds`,
    help: 'HTTP requests by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: CALL_BUCKETS,
    registers,
  });
  const assistant = new Counter({
    name: `${PREFIX}assistant_replies_total`,
    help: 'Requests to the assistant, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const readers = new Gauge({
    name: `${PREFIX}event_readers`,
    help: 'Open streams of events, and long polls that wait.',
    labelNames: ['way'],
    registers,
  });
  for (const way of ['stream', 'long_poll']) readers.set({ way }, 0);
  return {
    accepted: (messages) => accepted.inc(messages),
    http: ({ method, route, status, seconds }) =>
      http.observe({ method: METHODS.has(method) ? method : 'other', route, status }, seconds),
    assistant: (outcome) => assistant.inc({ outcome }),
    eventReader: (way) => {
      readers.inc({ way });
      return () => readers.dec({ way });
    },
    snapshot: async () => (await register.getMetricsAsJSON()) as Snapshot,
  };
}
