import type { Telemetry } from 'bullmq';

let telemetry: Telemetry | undefined;

/** Has every queue that is opened from here on carry traces along with its jobs, by BullMQ's own hook. Before the first one is opened. */
export async function traceQueues(): Promise<void> {
  const { BullMQOtel } = await import('./bullmq-otel.ts');
  telemetry = new BullMQOtel({ tracerName: 'gateway' });
}

/** What a queue or a worker is opened with. */
export function tracing(): { telemetry?: Telemetry } {
  return telemetry === undefined ? {} : { telemetry };
}
