import { nextFileStep } from '@gateway/actions';
import { recipientOf } from '../accounts/recipients.ts';
import { endOfFileStep, outgoingMedia, runFileStep, uploadedAgain } from './file-steps.ts';
import type { RunStep } from './step.ts';

/** Makes a step for the new file, or gives a message a new text, a new file, or both. */
export const editMessage: RunStep<'message.edit'> = async (client, step) => {
  const { job, progress, ownId, askedAt, saveProgress } = step;
  const next = nextFileStep(job, progress);
  if (next !== undefined)
    return endOfFileStep(await runFileStep(client, step, next), (files) => ({ ...progress, files }));
  let noted = progress;
  try {
    const result = await client.run('message.edit', {
      recipient: recipientOf(job.recipient),
      messageId: job.messageId,
      text: job.text === '' && job.media !== undefined ? undefined : job.text,
      entities: job.entities,
      media: job.media === undefined ? undefined : await outgoingMedia(client, step, 0),
      linkPreview: job.linkPreview,
      ownId,
      askedAt,
      before:
        progress.before === undefined ? undefined : { date: progress.before, file: progress.fileBefore },
      noteBefore: async ({ date: before, file: fileBefore }) => {
        noted = { ...progress, before, fileBefore };
        await saveProgress(noted);
      },
    });
    return { progress: { ...noted, result } };
  } catch (error) {
    const files = uploadedAgain(error, step);
    if (files === null) throw error;
    return { progress: { ...noted, files } };
  }
};
