import { Script } from '../redis/script.ts';

/** One of BullMQ's own scripts within a step of ours. */
export interface BullmqStep {
  script: Script;
  /** How many of BullMQ's arguments are keys. */
  keys: number;
}

/**
 * Makes one step of a script of BullMQ's, taken as it is, and what is to happen with it: `lua` calls it as `bullmq()`. BullMQ's keys and
 * arguments come first and ours behind them, so that it does not see them.
 */
export function aroundBullmq({ content, keys }: { content: string; keys: number }, lua: string): BullmqStep {
  return { script: new Script(`local function bullmq()\n${content}\nend\n${lua}`), keys };
}
