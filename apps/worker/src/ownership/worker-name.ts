import { randomUUID } from 'node:crypto';
import { livenessOf, PROCESS_IDENTITY } from '@gateway/runtime';

/**
 * A unique name for this worker: `<random>@<process>@<store>`. The process part names the machine, so that workers on
 * the same machine see at once when this one has died. The store part identifies its session store.
 */
export function newWorkerName(storeId: string): string {
  return `${randomUUID()}@${PROCESS_IDENTITY}@${storeId}`;
}

/** Whether that worker is known to have died. */
export function isGone(worker: string): boolean {
  return livenessOf(worker.split('@')[1] ?? '') === 'gone';
}

/** The session store of that worker. */
export function storeIdOf(worker: string): string {
  return worker.split('@')[2] ?? '';
}
