import { AggregatorRegistry } from 'prom-client';

/** All metrics of one process, in a JSON-compatible form. */
export type Snapshot = readonly {
  name: string;
  values: readonly { labels: Readonly<Record<string, string | number>> }[];
}[];

/**
 * Merges the metrics of several processes into one text in Prometheus's format. Worker metrics have the worker's number
 * as label `worker`: a sum over the running workers would fall when one ends, which Prometheus takes for a restart.
 * Numbers are reused, so there are never more than workers ran at once.
 */
export async function mergeMetrics(own: Snapshot, workers: ReadonlyMap<number, Snapshot>): Promise<string> {
  const labelled = [...workers].map(([worker, snapshot]) =>
    snapshot.map((metric) => ({
      ...metric,
      values: metric.values.map((value) => ({
        ...value,
        labels: { ...value.labels, worker: String(worker) },
      })),
    })),
  );
  const all: unknown[] = [own, ...labelled];
  // It accepts the result of `getMetricsAsJSON`, which its types do not say.
  return AggregatorRegistry.aggregate(all as object[]).metrics();
}
