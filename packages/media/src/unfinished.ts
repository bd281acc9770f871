import { sleep, type Logger } from '@gateway/runtime';
import type { MediaStore } from './media-store.ts';

/** How old an unfinished file is that nobody writes any more, ms. Uploads that stay silent for 60 s are ended. */
const UNFINISHED_MS = 2 * 60_000;
const PAUSE_MS = 60_000;

/**
 * Deletes what uploads left behind that the end of a process cut off: at once, and each minute until the signal is
 * aborted. API and workers all do this, since deleting twice does no harm. Never throws.
 */
export async function dropUnfinishedUploads(
  media: Pick<MediaStore, 'dropUnfinished'>,
  logger: Pick<Logger, 'warn'>,
  signal: AbortSignal,
): Promise<void> {
  do {
    try {
      await media.dropUnfinished(UNFINISHED_MS);
    } catch (error) {
      logger.warn({ err: error }, 'could not delete unfinished uploads; trying again in a minute');
    }
  } while ((await sleep(PAUSE_MS, signal)) === 'elapsed');
}
