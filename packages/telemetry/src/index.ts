export { createApiMetrics, type ApiMetrics } from './api-metrics.ts';
export { mergeMetrics, type Snapshot } from './merge.ts';
export type { ReceivingMetrics } from './receiving-metrics.ts';
export { inTraceOf, isTracing, startTracing, traced, traceFields, tracePast } from './tracing.ts';
export { createWorkerMetrics, type WorkerGauges, type WorkerMetrics } from './worker-metrics.ts';
