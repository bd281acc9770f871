import { recipientOf } from '../accounts/recipients.ts';
import type { RunStep } from './step.ts';

/** Gives a message a new text. */
export const editMessage: RunStep<'message.edit'> = async (
  client,
  { job, progress, askedAt, saveProgress },
) => {
  let noted = progress;
  const result = await client.run('message.edit', {
    recipient: recipientOf(job.recipient),
    messageId: job.messageId,
    text: job.text,
    entities: job.entities,
    linkPreview: job.linkPreview,
    askedAt,
    before: progress.before,
    noteBefore: async (before) => {
      noted = { ...progress, before };
      await saveProgress(noted);
    },
  });
  return { progress: { ...noted, result } };
};
