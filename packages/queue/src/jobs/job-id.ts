import { createHash, randomFillSync } from 'node:crypto';
import { userIdSchema } from '@gateway/contracts';
import { remembered } from '@gateway/runtime';
import { monotonicFactory } from 'ulid';

/** What a job id says by itself, so that finding a job needs no index. */
export interface JobAddress {
  kind: 'send' | 'control';
  shard: number;
  userId: string;
}

const KIND_LETTER = { send: 's', control: 'c' } as const;
const JOB_ID = /^[0-9A-Z]{26}\.([sc])(\d{1,4})\.([A-Za-z0-9_-]{2,90})$/;

/** Randomness is drawn for many ids at a time: each draw costs as much as the id. */
const pool = new Uint8Array(4_096);
let unused = 0;

function random(): number {
  if (unused === 0) unused = randomFillSync(pool).length;
  unused -= 1;
  return (pool[unused] ?? 0) / 256;
}

const nextUlid = monotonicFactory(random);

/** A new id, sortable by time of making: `<ulid>.<s|c><shard>.<base64url of user_id>`. No `:`, never all digits, fit for a URL. */
export function newJobId(address: JobAddress): string {
  return format(nextUlid(), address);
}

/** The id that an Idempotency-Key of an account always leads to. Not sortable. */
export function idempotentJobId(address: JobAddress, idempotencyKey: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([address.userId, idempotencyKey]))
    .digest('hex');
  return format(`IDEM${digest.slice(0, 22).toUpperCase()}`, address);
}

function format(head: string, { kind, shard, userId }: JobAddress): string {
  return `${head}.${KIND_LETTER[kind]}${shard}.${encoded(userId)}`;
}

/** Asked for with every message. */
const encoded = remembered(20_000, (userId: string) => Buffer.from(userId).toString('base64url'));

/** Where a job lives, or `null` where this was never an id of ours. */
export function parseJobId(jobId: string): JobAddress | null {
  const match = JOB_ID.exec(jobId);
  const [, letter, shard, account] = match ?? [];
  if (letter === undefined || shard === undefined || account === undefined) return null;
  const userId = Buffer.from(account, 'base64url').toString();
  if (!userIdSchema.safeParse(userId).success) return null;
  return { kind: letter === 's' ? 'send' : 'control', shard: Number(shard), userId };
}
