import type { OutgoingMessage } from '@gateway/telegram';
import type { Sending } from '../lane/lane-ports.ts';
import { randomIdOf } from '../lane/random-id.ts';
import { recipientOf } from './recipients.ts';

/**
 * Converts one message of a job to what the Telegram client sends.
 * @throws {GatewayError} for a recipient that the API should have refused.
 */
export function outgoing({
  jobId,
  part,
  formatted,
  job,
  askedAt,
  after,
  searchSince,
}: Sending): OutgoingMessage {
  return {
    recipient: recipientOf(job.recipient),
    ...formatted,
    randomId: randomIdOf(jobId, part),
    // Only the first part is a reply; the other parts follow it.
    replyTo: part === 0 ? job.replyTo : undefined,
    silent: job.silent,
    linkPreview: job.linkPreview,
    askedAt,
    after,
    searchSince,
  };
}
