import type { OutgoingMessage } from '@gateway/telegram';
import type { Sending } from '../delivery/lane-ports.ts';
import { randomIdOf } from '../delivery/random-id.ts';
import { recipientOf } from './recipients.ts';

/** One message of a job, as Telegram is given it. @throws {GatewayError} for a recipient that the API would not have let through. */
export function outgoing({
  jobId,
  part,
  formatted,
  job,
  askedAt,
  after,
  lookFirstSince,
}: Sending): OutgoingMessage {
  return {
    recipient: recipientOf(job.recipient),
    ...formatted,
    randomId: randomIdOf(jobId, part),
    // Only the first part answers: the others follow it.
    replyTo: part === 0 ? job.replyTo : undefined,
    silent: job.silent,
    linkPreview: job.linkPreview,
    askedAt,
    after,
    lookFirstSince,
  };
}
