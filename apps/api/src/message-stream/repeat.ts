import { createHash } from 'node:crypto';
import { GatewayError, type MessageStreamRequest } from '@gateway/contracts';
import type { ApiContext } from '../context.ts';
import type { Destination } from './reply-events.ts';

/** Equal for equal requests. */
export function digestOfRequest(request: MessageStreamRequest): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('base64url');
}

/** The key that the reply is queued under. The bot sends for all callers: their keys are told apart there by the account that they ask for. */
export function replyKey(
  { user_id, send_as_user }: MessageStreamRequest,
  idempotencyKey: string | undefined,
): string | undefined {
  if (idempotencyKey === undefined || send_as_user) return idempotencyKey;
  // Never equal to a key that a caller gives: those hold no line end.
  return `${user_id}\n${idempotencyKey}`;
}

/**
 * The job of the reply that an earlier request under the same key has led to; `null`: there is none.
 * @throws {GatewayError} `IDEMPOTENCY_MISMATCH` where that request was another, or no request for a reply.
 */
export async function earlierReply(
  { producer }: Pick<ApiContext, 'producer'>,
  destination: Destination | null,
  key: string | undefined,
  digest: string,
): Promise<string | null> {
  if (destination === null || key === undefined) return null;
  const jobId = producer.sendJobId(destination.userId, key);
  const asked = await producer.askedDigest(destination.userId, jobId);
  if (asked === undefined) return null;
  if (asked !== digest) throw new GatewayError('IDEMPOTENCY_MISMATCH');
  return jobId;
}
