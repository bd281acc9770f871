import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { Snapshot } from './merge.ts';
import { CALL_BUCKETS, PREFIX } from './names.ts';

/** What an API process counts. Labels hold nothing that a caller can make up. */
export interface ApiMetrics {
  /** Messages that were accepted; a repeat under an Idempotency-Key counts too. */
  accepted(messages: number): void;
  /** `route`: as it is registered, not as it was asked for. */
  http(call: { method: string; route: string; status: number; seconds: number }): void;
  /** A reply was asked for; `outcome`: `replied`, or the code of the error. */
  assistant(outcome: string): void;
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
    help: 'Replies asked of the assistant, by how that ended.',
    labelNames: ['outcome'],
    registers,
  });
  return {
    accepted: (messages) => accepted.inc(messages),
    http: ({ method, route, status, seconds }) =>
      http.observe({ method: METHODS.has(method) ? method : 'other', route, status }, seconds),
    assistant: (outcome) => assistant.inc({ outcome }),
    snapshot: async () => (await register.getMetricsAsJSON()) as Snapshot,
  };
}
