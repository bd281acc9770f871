import { cleanSource, GatewayError, isInvisible, normalizeFormatted } from '@gateway/contracts';
import { Pauses, type Logger } from '@gateway/runtime';
import { formatModelText } from '../marked-up-text.ts';
import { sendJob, type Message } from '../send-job.ts';

/** The job that sends a model's reply, its Markdown as Telegram's formatting. @throws {GatewayError} `ASSISTANT_EMPTY`. */
export async function replyJob(
  reply: string,
  message: Pick<Message, 'userId' | 'recipient' | 'requestId'>,
  logger: Logger,
) {
  const pauses = new Pauses();
  // Half a surrogate pair can stand in a stream that was cut; Telegram takes none.
  const formatted = normalizeFormatted(await formatModelText(cleanSource(reply.toWellFormed()), logger));
  await pauses.pause();
  if (isInvisible(formatted.text)) throw new GatewayError('ASSISTANT_EMPTY');
  return sendJob({ ...message, formatted, linkPreview: true });
}
