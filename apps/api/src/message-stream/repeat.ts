import { createHash } from 'node:crypto';
import { digestOf, isCurrentDigest } from '@gateway/actions';
import { GatewayError, type MessageStreamRequest } from '@gateway/contracts';
import type { ApiContext } from '../context.ts';
import type { Destination } from './reply-events.ts';

/** A digest of the request, to recognise a repeated request. All fields count, since the assistant may read each. */
export function digestOfRequest(request: MessageStreamRequest): string {
  return digestOf('message_stream', request, Object.keys(request));
}

/** The digest that former versions gave the request. */
function formerDigestOf(request: MessageStreamRequest): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('base64url');
}

/**
 * The idempotency key of the reply's job. The bot sends for all callers, so its keys include the requesting account.
 */
export function replyKey(
  { user_id, send_as_user }: MessageStreamRequest,
  idempotencyKey: string | undefined,
): string | undefined {
  if (idempotencyKey === undefined || send_as_user) return idempotencyKey;
  // Cannot equal a caller's key, because those contain no line end.
  return `${user_id}\n${idempotencyKey}`;
}

/**
 * The reply job of an earlier request with the same key; `null`: none.
 * @throws {GatewayError} `IDEMPOTENCY_MISMATCH` if the earlier request was different, or was not an assistant request.
 */
export async function earlierReply(
  { producer }: Pick<ApiContext, 'producer'>,
  destination: Destination | null,
  key: string | undefined,
  request: MessageStreamRequest,
): Promise<string | null> {
  if (destination === null || key === undefined) return null;
  const jobId = producer.sendJobId(destination.userId, key);
  const asked = await producer.jobs.askedDigest(destination.userId, jobId);
  if (asked === undefined) return null;
  const digest = isCurrentDigest(asked ?? '') ? digestOfRequest(request) : formerDigestOf(request);
  if (asked !== digest) throw new GatewayError('IDEMPOTENCY_MISMATCH');
  return jobId;
}
