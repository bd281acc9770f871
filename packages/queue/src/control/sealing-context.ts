import type { ControlJobName } from '@gateway/contracts';

/** The context that binds a sealed result to its control job's name and account. */
export function resultContext(name: string, userId: string): string {
  return `result:${name}:${userId}`;
}

/** The context that binds a sealed payload to its control job's name and account: no other job can open it. */
export function sealingContext(name: ControlJobName, userId: string): string {
  return `job:${name}:${userId}`;
}
