import { Script } from '../redis/script.ts';

/** A Lua script that wraps one of BullMQ's scripts. */
export interface BullmqStep {
  script: Script;
  /** How many of BullMQ's arguments are keys. */
  keys: number;
}

/**
 * Joins BullMQ's script, unchanged, and `lua` into one atomic script; `lua` calls BullMQ's as `bullmq()`. BullMQ's keys
 * and arguments come first and the additional ones after them, where BullMQ's script does not read them.
 */
export function aroundBullmq({ content, keys }: { content: string; keys: number }, lua: string): BullmqStep {
  return { script: new Script(`local function bullmq()\n${content}\nend\n${lua}`), keys };
}
