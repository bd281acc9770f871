import { filePartsOf, isToFetch } from '@gateway/actions';
import { partsOf } from '@gateway/contracts';
import { recipientOf } from '../accounts/recipients.ts';
import { randomIdOf } from './random-id.ts';
import { fetchFile, outgoingMedia, sendFilePart, uploadedAgain } from './send-media.ts';
import type { RunStep } from './step.ts';
import { typeFirst } from './type-first.ts';

/** Fetches the file, uploads a part of it, or sends one part of the text, the first one with the file. */
export const sendMessage: RunStep<'send'> = async (client, step) => {
  const { jobId, job, progress, askedAt, after, searchSince } = step;
  if (isToFetch(job, progress)) return { progress: await fetchFile(step), asked: false };
  const fileParts = filePartsOf(job, progress);
  if (step.index < fileParts) return { progress: await sendFilePart(client, step) };
  const typing = await typeFirst(step);
  if (typing !== null) return typing;
  const index = step.index - fileParts;
  const { text = '', entities = [] } = partsOf(job.text, job.cuts ?? [], job.entities)[index] ?? {};
  const media = index === 0 ? await outgoingMedia(step) : undefined;
  try {
    const sent = await client.run('send', {
      // The fields that the job and the call have in common, such as `linkPreview`.
      ...job,
      recipient: recipientOf(job.recipient),
      text,
      entities,
      media,
      ownId: step.ownId,
      randomId: randomIdOf(jobId, index),
      // Only the first part is a reply; the other parts follow it.
      ...(index > 0 && { replyTo: undefined, quote: undefined }),
      askedAt,
      after,
      searchSince,
    });
    return { progress: { ...progress, sent: [...progress.sent, sent] }, messageIds: [sent.message_id] };
  } catch (error) {
    const again = media === undefined ? null : uploadedAgain(error, progress);
    if (again === null) throw error;
    return { progress: again };
  }
};
