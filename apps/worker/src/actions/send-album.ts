import type { JobOf, ProgressOf } from '@gateway/actions';
import type { FormattedText } from '@gateway/contracts';
import { refusesAsPhoto, TelegramFailure } from '@gateway/telegram';
import { recipientOf } from '../accounts/recipients.ts';
import { uploadedAgain } from './file-steps.ts';
import { randomIdOf } from './random-id.ts';
import type { ActionClient, StepOf } from './step.ts';

type SendStep = StepOf<'send'>;

/** Sends the files, which Telegram has stored, as one album: all of its messages in one call. */
export async function sendAlbum(
  client: ActionClient,
  step: SendStep,
  caption: FormattedText,
): Promise<{ progress: ProgressOf<'send'>; messageIds?: readonly number[] }> {
  const { jobId, job, progress, ownId, askedAt, after, searchSince } = step;
  const items = itemsOf(job, progress, caption);
  try {
    const messages = await client.run('send.album', {
      recipient: recipientOf(job.recipient),
      items: items.map((item, index) => ({ ...item, randomId: randomIdOf(jobId, index) })),
      replyTo: job.replyTo,
      quote: job.quote,
      topicId: job.topicId,
      silent: job.silent,
      ownId,
      askedAt,
      after,
      searchSince,
    });
    const sent = messages.map((each, index) => ({
      ...each,
      ...(items[index]?.text !== '' && { hasCaption: true }),
    }));
    return { progress: { ...progress, sent }, messageIds: sent.map(({ message_id }) => message_id) };
  } catch (error) {
    const files = uploadedAgain(error, step);
    if (files === null) throw error;
    return { progress: { ...progress, files } };
  }
}

function itemsOf({ media = [] }: JobOf<'send'>, { files = [] }: ProgressOf<'send'>, caption: FormattedText) {
  return media.map(({ spoiler, text = '', entities = [] }, index) => {
    const stored = files[index]?.stored;
    if (stored === undefined) throw new Error(`item ${index} of the album is not stored`);
    const own = index === 0 ? caption : { text, entities };
    return { ...own, media: { stored, spoiler } };
  });
}

/**
 * The progress with which all items of the album are stored as documents, if Telegram refuses one of them as a photo;
 * else `null`. An album holds either photos and videos or documents.
 */
export function albumAsDocuments(
  error: unknown,
  { job: { media = [] }, progress }: SendStep,
): ProgressOf<'send'> | null {
  const isRefused = error instanceof TelegramFailure && refusesAsPhoto(error.error.details.rpcError);
  if (!isRefused || media.length < 2 || progress.asDocuments === true) return null;
  return {
    ...progress,
    asDocuments: true,
    files: progress.files?.map((each) => ({ ...each, stored: undefined })),
  };
}
