import { mergeMetrics, type Snapshot } from '@gateway/telemetry';
import { Hono } from 'hono';
import * as z from 'zod';
import type { ApiContext, ApiEnv } from '../context.ts';

/** A worker's published metrics. Their exact content is defined by the worker. */
const snapshotSchema = z.array(
  z.looseObject({
    name: z.string(),
    values: z.array(z.looseObject({ labels: z.record(z.string(), z.union([z.string(), z.number()])) })),
  }),
);

/**
 * Metrics of this process and of all workers, for Prometheus. Without Redis only this process's metrics and
 * `gateway_redis_up 0`.
 */
export function metricsRoutes({ metrics, producer, logger }: ApiContext): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>();

  routes.get('/metrics', async (c) => {
    const own = await metrics.snapshot();
    const workers = await workersMetrics();
    const up = {
      name: 'gateway_redis_up',
      help: 'Whether Redis answers, and so whether the workers are told of.',
      type: 'gauge',
      aggregator: 'sum',
      values: [{ value: workers === null ? 0 : 1, labels: {} }],
    };
    const text = await mergeMetrics([...own, up], workers ?? new Map());
    return c.text(text, 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
  });

  return routes;

  async function workersMetrics(): Promise<Map<number, Snapshot> | null> {
    try {
      const snapshots = await producer.workerMetrics();
      return new Map(
        [...snapshots].map(([worker, json]) => [worker, snapshotSchema.parse(JSON.parse(json))]),
      );
    } catch (error) {
      logger.debug({ err: error }, 'could not read the metrics of the workers');
      return null;
    }
  }
}
