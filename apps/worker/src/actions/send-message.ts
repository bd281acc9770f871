import { partsOf } from '@gateway/contracts';
import { recipientOf } from '../accounts/recipients.ts';
import { randomIdOf } from './random-id.ts';
import type { RunStep } from './step.ts';

/** Sends one part of a text. */
export const sendMessage: RunStep<'send'> = async (client, step) => {
  const { jobId, index, job, progress, askedAt, after, searchSince } = step;
  const { text = '', entities = [] } = partsOf(job.text, job.cuts ?? [], job.entities)[index] ?? {};
  const sent = await client.run('send', {
    // The fields that the job and the call have in common, such as `linkPreview`.
    ...job,
    recipient: recipientOf(job.recipient),
    text,
    entities,
    randomId: randomIdOf(jobId, index),
    // Only the first part is a reply; the other parts follow it.
    replyTo: index === 0 ? job.replyTo : undefined,
    askedAt,
    after,
    searchSince,
  });
  return { progress: { sent: [...progress.sent, sent] }, messageIds: [sent.message_id] };
};
