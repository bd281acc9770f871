import { formattedFields, sendMessage, type NewJob } from '@gateway/actions';
import { cleanSource, GatewayError, isInvisible, normalizeFormatted } from '@gateway/contracts';
import { Pauses, type Logger } from '@gateway/runtime';
import { formatModelText } from '../actions/marked-up-text.ts';

interface ReplyMessage {
  userId: string;
  recipient: string;
  requestId: string;
  /** Digest of the request that the model answered. Two replies to the same request are the same message. */
  askedDigest: string;
  idempotencyKey: string | undefined;
}

/**
 * Creates the job that sends a model's reply, with its Markdown converted to Telegram formatting.
 * @throws {GatewayError} `ASSISTANT_EMPTY`.
 */
export async function replyJob(
  reply: string,
  { userId, recipient, requestId, askedDigest, idempotencyKey }: ReplyMessage,
  logger: Logger,
): Promise<NewJob> {
  const pauses = new Pauses();
  // A truncated stream can end in half a surrogate pair, which Telegram rejects.
  const formatted = normalizeFormatted(await formatModelText(cleanSource(reply.toWellFormed()), logger));
  await pauses.pause();
  if (isInvisible(formatted.text)) throw new GatewayError('ASSISTANT_EMPTY');
  const { name, v } = sendMessage;
  const job = { recipient, ...formattedFields(formatted), linkPreview: true };
  return {
    name,
    data: { v, userId, requestId, askedDigest, ...job },
    key: idempotencyKey === undefined ? undefined : { idempotencyKey, digest: askedDigest },
  };
}
