import { recipientOf } from '../accounts/recipients.ts';
import { randomIdOf } from './random-id.ts';
import type { RunStep } from './step.ts';

/** Forwards the messages in one call. */
export const forwardMessages: RunStep<'message.forward'> = async (
  client,
  { jobId, job, progress, askedAt, after, searchSince, saveProgress },
) => {
  let noted = progress;
  const result = await client.run('message.forward', {
    recipient: recipientOf(job.recipient),
    toRecipient: recipientOf(job.toRecipient),
    messageIds: job.messageIds,
    randomIds: job.messageIds.map((_id, index) => randomIdOf(jobId, index)),
    dropAuthor: job.dropAuthor,
    dropCaptions: job.dropCaptions,
    topicId: job.topicId,
    silent: job.silent,
    askedAt,
    forwarded: progress.forwarded,
    noteForwarded: async (forwarded) => {
      noted = { ...progress, forwarded };
      await saveProgress(noted);
    },
    after,
    searchSince,
  });
  return {
    progress: { ...noted, result },
    messageIds: result.message_ids.filter((id) => id !== null),
  };
};
