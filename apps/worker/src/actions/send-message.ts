import { isCaptionUncut, nextFileStep } from '@gateway/actions';
import { captionCutsOf, GatewayError, partsOf, type FormattedText } from '@gateway/contracts';
import { TelegramFailure } from '@gateway/telegram';
import { recipientOf } from '../accounts/recipients.ts';
import { endOfFileStep, outgoingMedia, runFileStep, uploadedAgain } from './file-steps.ts';
import { randomIdOf } from './random-id.ts';
import { albumAsDocuments, sendAlbum } from './send-album.ts';
import type { ActionClient, RunStep, StepOf } from './step.ts';
import { typeFirst } from './type-first.ts';

type SendStep = StepOf<'send'>;

/** Makes a step for a file, or sends one part of the text: the first one with the file, or the album. */
export const sendMessage: RunStep<'send'> = async (client, step) => {
  const { job, progress } = step;
  if (isCaptionUncut(job, progress))
    return { progress: { ...progress, cuts: await cutCaption(client, step) }, asked: false };
  const next = nextFileStep(job, progress);
  if (next !== undefined) {
    try {
      const as = progress.asDocuments === true ? 'document' : undefined;
      const outcome = await runFileStep(client, step, next, as);
      return endOfFileStep(outcome, (files) => ({ ...progress, files }));
    } catch (error) {
      const asDocuments = albumAsDocuments(error, step);
      if (asDocuments === null) throw error;
      return { progress: asDocuments };
    }
  }
  const typing = await typeFirst(step);
  if (typing !== null) return typing;
  const parts = partsOf(job.text, progress.cuts ?? job.cuts ?? [], job.entities);
  const { length: files } = job.media ?? [];
  if (progress.sent.length === 0 && files > 1) return sendAlbum(client, step, parts[0] ?? NO_TEXT);
  const part = progress.sent.length - Math.max(0, files - 1);
  return sendPart(client, step, part, parts[part] ?? NO_TEXT);
};

/**
 * Cuts the text of the files by the caption limit of the account. The cut is stored before the first message is sent.
 * @throws {TelegramFailure} `MESSAGE_INVALID` if the text may not be cut and is over the limit.
 */
async function cutCaption(client: ActionClient, { job }: SendStep): Promise<number[]> {
  const limit = await client.captionLimit();
  if (job.longCaption === 'cut') return captionCutsOf(job.text, job.entities, limit);
  if (job.text.length <= limit) return [];
  const message = `A caption of this account must be at most ${limit} UTF-16 units where split is false.`;
  throw new TelegramFailure({ outcome: 'fail', asked: false }, new GatewayError('MESSAGE_INVALID', message));
}

const NO_TEXT: FormattedText = { text: '', entities: [] };

async function sendPart(
  client: ActionClient,
  step: SendStep,
  part: number,
  { text, entities }: FormattedText,
): ReturnType<RunStep<'send'>> {
  const { jobId, job, progress, askedAt, after, searchSince } = step;
  const { location, contact, poll, silent, linkPreview, topicId, replyTo, quote } = job;
  const hasFile = part === 0 && job.media !== undefined;
  const media = hasFile ? await outgoingMedia(client, step, 0) : undefined;
  try {
    const sent = await client.run('send', {
      recipient: recipientOf(job.recipient),
      text,
      entities,
      media,
      ownId: step.ownId,
      randomId: randomIdOf(jobId, progress.sent.length),
      location,
      contact,
      poll,
      silent,
      linkPreview,
      topicId,
      // Only the first part is a reply; the other parts follow it.
      replyTo: part === 0 ? replyTo : undefined,
      quote: part === 0 ? quote : undefined,
      askedAt,
      after,
      searchSince,
    });
    return { progress: { ...progress, sent: [...progress.sent, sent] }, messageIds: [sent.message_id] };
  } catch (error) {
    const files = hasFile ? uploadedAgain(error, step) : null;
    if (files === null) throw error;
    return { progress: { ...progress, files } };
  }
}
