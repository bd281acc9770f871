import type { Telemetry } from 'bullmq';

let telemetry: Telemetry | undefined;

/** Makes queues pass trace contexts on with their jobs, by BullMQ's own hook. Call it before opening any queue. */
export async function traceQueues(): Promise<void> {
  const { BullMQOtel } = await import('./bullmq-otel.ts');
  telemetry = new BullMQOtel({ tracerName: 'gateway' });
}

/** The tracing options of a queue or worker; none unless {@link traceQueues} was called. */
export function tracing(): { telemetry?: Telemetry } {
  return telemetry === undefined ? {} : { telemetry };
}
