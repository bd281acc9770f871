import { cleanSource, GatewayError, isInvisible, normalizeFormatted } from '@gateway/contracts';
import { Pauses, type Logger } from '@gateway/runtime';
import { formatModelText } from '../sending/marked-up-text.ts';
import { sendJob, type Message } from '../sending/send-job.ts';

/**
 * Creates the job that sends a model's reply, with its Markdown converted to Telegram formatting.
 * @throws {GatewayError} `ASSISTANT_EMPTY`.
 */
export async function replyJob(
  reply: string,
  message: Pick<Message, 'userId' | 'recipient' | 'requestId'>,
  logger: Logger,
) {
  const pauses = new Pauses();
  // A truncated stream can end in half a surrogate pair, which Telegram rejects.
  const formatted = normalizeFormatted(await formatModelText(cleanSource(reply.toWellFormed()), logger));
  await pauses.pause();
  if (isInvisible(formatted.text)) throw new GatewayError('ASSISTANT_EMPTY');
  return sendJob({ ...message, formatted, linkPreview: true });
}
