import { AggregatorRegistry } from 'prom-client';

/** All metrics of one process, as JSON can hold them. */
export type Snapshot = readonly {
  name: string;
  values: readonly { labels: Readonly<Record<string, string | number>> }[];
}[];

/**
 * Several processes' metrics as one text in Prometheus's format. A worker's carry its number as label `worker`: workers come and go, and
 * a sum over those that are there would fall when one ends, which Prometheus takes for a restart. Numbers are given out anew, so there
 * are never more of them than workers were at a time.
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
  // What it takes is what `getMetricsAsJSON` gives, which its types do not say.
  return AggregatorRegistry.aggregate(all as object[]).metrics();
}
