import { createHash, randomInt } from 'node:crypto';
import { userIdSchema } from '@gateway/contracts';
import { monotonicFactory } from 'ulid';

/** The parts of a job id, by which a job is found without an index. */
export interface JobAddress {
  kind: 'send' | 'control';
  shard: number;
  userId: string;
}

const KIND_LETTER = { send: 's', control: 'c' } as const;
const JOB_ID = /^[0-9A-Z]{26}\.([sc])(\d{1,4})\.([A-Za-z0-9_-]{2,90})$/;

/** Node's `randomInt`: ulid's own source calls the Web Crypto API for each of 16 characters, 70 µs an id. */
const nextUlid = monotonicFactory(() => randomInt(256) / 256);

/**
 * A new id, sortable by creation time: `<ulid>.<s|c><shard>.<base64url of user_id>`. It has no `:`, is never all
 * digits, and needs no escaping in a URL.
 */
export function newJobId(address: JobAddress): string {
  return format(nextUlid(), address);
}

/** The job id of an account's Idempotency-Key, always the same. Not sortable by time. */
export function idempotentJobId(address: JobAddress, idempotencyKey: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([address.userId, idempotencyKey]))
    .digest('hex');
  return format(`IDEM${digest.slice(0, 22).toUpperCase()}`, address);
}

function format(head: string, { kind, shard, userId }: JobAddress): string {
  return `${head}.${KIND_LETTER[kind]}${shard}.${Buffer.from(userId).toString('base64url')}`;
}

/** Parses a job id; `null` if the text is not one. */
export function parseJobId(jobId: string): JobAddress | null {
  const match = JOB_ID.exec(jobId);
  const [, letter, shard, account] = match ?? [];
  if (letter === undefined || shard === undefined || account === undefined) return null;
  const userId = Buffer.from(account, 'base64url').toString();
  if (!userIdSchema.safeParse(userId).success) return null;
  return { kind: letter === 's' ? 'send' : 'control', shard: Number(shard), userId };
}
