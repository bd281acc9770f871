import { randomUUID } from 'node:crypto';
import { livenessOf, PROCESS_IDENTITY } from '@gateway/runtime';

/**
 * A name for this worker that no other ever has: `<random>@<process>@<store>`. It says on which machine it runs, so that those beside it
 * see at once when it has died, and where its sessions are.
 */
export function newWorkerName(storeId: string): string {
  return `${randomUUID()}@${PROCESS_IDENTITY}@${storeId}`;
}

/** Whether that worker is known to have died. */
export function isGone(worker: string): boolean {
  return livenessOf(worker.split('@')[1] ?? '') === 'gone';
}

/** Where that worker has its sessions. */
export function storeIdOf(worker: string): string {
  return worker.split('@')[2] ?? '';
}
