import { GatewayError, MAX_TEXT_LENGTH } from '@gateway/contracts';
import { formatReply } from '@gateway/formatting';
import { sendJob, type Message } from '../send-job.ts';

/** The job that sends a model's reply, its Markdown as Telegram's formatting. @throws {GatewayError} `ASSISTANT_EMPTY`, `ASSISTANT_REFUSED`. */
export function replyJob(reply: string, message: Pick<Message, 'userId' | 'recipient' | 'requestId'>) {
  // Half a surrogate pair can stand in a stream that was cut; Telegram takes none.
  const formatted = formatReply(reply.toWellFormed());
  if (formatted.text === '') throw new GatewayError('ASSISTANT_EMPTY');
  // Lists and tables may have grown by their bullets and spaces.
  if (formatted.text.length > MAX_TEXT_LENGTH)
    throw new GatewayError(
      'ASSISTANT_REFUSED',
      `The reply is longer than ${MAX_TEXT_LENGTH} UTF-16 units: nothing was sent.`,
    );
  return sendJob({ ...message, formatted, linkPreview: true });
}
