import { text, type Text } from '@gateway/texts';
import { usePolled } from './hooks.ts';

const EVERY_MS = 2_000;
/** ms without an answer until the person is told. Requests themselves wait much longer. */
const PATIENCE_MS = 1_500;

const NOT_RUNNING = text('The gateway does not answer. Is it running?');
const NO_QUEUE = text('The queue (Redis) does not answer. Until it does, nothing is accepted or sent.');
const NO_WORKER = text('No worker is running. Messages are accepted, and wait.');
const NO_ACCOUNTS = text('The workers are still reading the accounts. This takes a moment.');

/** What the gateway lacks at the moment; `null`: nothing, as far as is known. */
export function useOutage(): Text | null {
  const { value } = usePolled(whatIsAway, EVERY_MS, []);
  return value;
}

async function whatIsAway(signal: AbortSignal): Promise<Text | null> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    const response = await fetch('/readyz', { signal: AbortSignal.any([signal, patience]) });
    if (response.ok) return null;
    const { part } = (await response.json()) as { part?: string };
    if (part === 'accounts') return NO_ACCOUNTS;
    return part === 'workers' ? NO_WORKER : NO_QUEUE;
  } catch {
    // The API answers at once by itself; it waits only for the queue.
    return patience.aborted ? NO_QUEUE : NOT_RUNNING;
  }
}
