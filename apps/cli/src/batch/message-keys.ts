import { createHash } from 'node:crypto';
import type { BatchLine } from './read-batch.ts';

/**
 * The Idempotency-Keys of a file's messages. A key depends on the batch's name, on who gets what, and on how often the
 * same stood in the file before. So it stays when lines are added, removed or moved, and when the file gets another
 * format. Options such as `silent` do not count: with another option the gateway answers `IDEMPOTENCY_MISMATCH`.
 */
export function keysOf(name: string, lines: readonly BatchLine[]): string[] {
  const times = new Map<string, number>();
  return lines.map(({ message }) => {
    const { user_id, recipient_id, text, media, location, contact, poll } = message;
    const content = [user_id, String(recipient_id).trim(), text, media, location, contact, poll];
    const written = JSON.stringify(content, sortedFields);
    const time = (times.get(written) ?? 0) + 1;
    times.set(written, time);
    const digest = createHash('sha256')
      .update(JSON.stringify([name, written, time]))
      .digest('hex');
    return `cli-${digest.slice(0, 40)}`;
  });
}

function sortedFields(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
