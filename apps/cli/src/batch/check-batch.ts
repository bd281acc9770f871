import type { BatchCheck, GatewayClient } from '@gateway/client';
import { keysOf } from './message-keys.ts';
import type { BatchLine } from './read-batch.ts';

/** Most messages, and most UTF-16 units of JSON, in one request. */
const MOST_MESSAGES = 200;
const MOST_JSON = 1_000_000;

/** What the gateway would do with a line. */
export interface CheckedLine {
  line: number;
  state: 'ok' | 'refused';
  /** Accepted by an earlier run under this name, so it would not be sent again. */
  before: boolean;
  /** Messages at Telegram that it would go out as; 0 if it is refused or was accepted before. */
  parts: number;
  /** Why it would be held, and until when (RFC 3339), if known. */
  reason: string | null;
  retry_at: string | null;
  error: { code: string; message: string } | null;
}

interface CheckRun {
  client: GatewayClient;
  lines: readonly BatchLine[];
  /** Name of the batch; `undefined`: none yet, so no line was accepted before. */
  name: string | undefined;
  signal: AbortSignal;
  onLine: (checked: CheckedLine) => void;
}

/** Asks the gateway what it would do with each line, in order. Nothing is sent. */
export async function checkBatch({ client, lines, name, signal, onLine }: CheckRun): Promise<void> {
  const keys = name === undefined ? [] : keysOf(name, lines);
  let place = 0;
  for (const part of partsOf(lines)) {
    const messages = part.map(({ message }, index) => ({ ...message, idempotency_key: keys[place + index] }));
    place += part.length;
    const { jobs } = await client.checkSendBatch(messages, { signal });
    for (const [index, { line }] of part.entries()) {
      const job = jobs[index];
      if (job !== undefined) onLine(checkedLine(line, job));
    }
  }
}

function checkedLine(line: number, job: BatchCheck['jobs'][number]): CheckedLine {
  if (job.status === 'error') {
    const { code, message } = job;
    const refused = { state: 'refused', before: false, parts: 0, reason: null, retry_at: null } as const;
    return { line, ...refused, error: { code, message } };
  }
  const { repeated: before = false, reason = null, retry_at = null } = job;
  const parts = before ? 0 : job.parts;
  return { line, state: 'ok', before, parts, reason, retry_at, error: null };
}

function* partsOf(lines: readonly BatchLine[]): Generator<readonly BatchLine[]> {
  let part: BatchLine[] = [];
  let length = 0;
  for (const each of lines) {
    const size = JSON.stringify(each.message).length;
    if (part.length === MOST_MESSAGES || (part.length > 0 && length + size > MOST_JSON)) {
      yield part;
      part = [];
      length = 0;
    }
    part.push(each);
    length += size;
  }
  if (part.length > 0) yield part;
}
