import type { ControlJobName } from '@gateway/contracts';

/** What a control job's sealed result is bound to. */
export function resultContext(name: string, userId: string): string {
  return `result:${name}:${userId}`;
}

/** What a control job's sealed payload is bound to: it cannot be opened as another job's or another account's. */
export function sealingContext(name: ControlJobName, userId: string): string {
  return `job:${name}:${userId}`;
}
