import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanFileName, GatewayError, uploadIdOf } from '@gateway/contracts';
import { receiveMedia, type MediaStore } from '@gateway/media';
import { addFetchedUpload, type RedisClient } from '@gateway/queue';
import { FetchError, type Fetched, type Fetcher } from '@gateway/webhooks';
import { LRUCache } from 'lru-cache';
import PQueue from 'p-queue';

/** How long one step of a job waits for its file, ms. Jobs of other chats run between two steps. */
const PIECE_MS = 250;
/** Files that are fetched at a time. */
const AT_ONCE = 16;
/** Fetched files whose jobs have not come back for them. A cancelled job never does. */
const MAX_REMEMBERED = 1_000;

export interface MediaFetchesOptions {
  redis: RedisClient;
  media: MediaStore;
  fetcher: Fetcher;
  /** The largest file, in bytes. */
  maxBytes: number;
}

/** A job's file that is fetched. */
interface FileJob {
  userId: string;
  jobId: string;
  /** Its index among the job's files. */
  file: number;
  url: string;
}

type Outcome = { uploadId: string } | { error: unknown };

/** Fetches files for jobs into the media store, in the background. */
export class MediaFetches {
  readonly #options: MediaFetchesOptions;
  readonly #running = new LRUCache<string, Promise<Outcome>>({ max: MAX_REMEMBERED });
  readonly #queue = new PQueue({ concurrency: AT_ONCE });
  readonly #stop = new AbortController();

  constructor(options: MediaFetchesOptions) {
    this.#options = options;
  }

  /**
   * Begins to fetch the file, or waits a moment for it.
   * @returns the upload that has the file; `null`: call it again.
   * @throws {GatewayError} `MEDIA_UNAVAILABLE`, `STORAGE_FULL`, `STORAGE_UNAVAILABLE`.
   */
  async fetch(job: FileJob): Promise<string | null> {
    const key = `${job.jobId} ${job.file}`;
    const running = this.#running.get(key) ?? this.#begin(job);
    this.#running.set(key, running);
    const waited = new AbortController();
    const pause = delay(PIECE_MS, null, { signal: waited.signal }).catch(() => null);
    const outcome = await Promise.race([running, pause]);
    waited.abort();
    if (outcome === null) return null;
    this.#running.delete(key);
    if ('error' in outcome) throw outcome.error;
    return outcome.uploadId;
  }

  /** Gives up all files that are not fetched yet. Their jobs fetch them again elsewhere. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#options.fetcher.close();
  }

  async #begin(job: FileJob): Promise<Outcome> {
    return this.#queue.add(() =>
      this.#store(job).then(
        (uploadId) => ({ uploadId }),
        (error: unknown) => ({ error: unavailable(error) }),
      ),
    );
  }

  async #store({ userId, jobId, url }: FileJob): Promise<string> {
    const { redis, media, fetcher, maxBytes } = this.#options;
    const fetched = await fetcher.fetch(url, this.#stop.signal);
    const name = { userId, id: `up_${randomBytes(16).toString('base64url')}` };
    const tooLarge = () =>
      new GatewayError('MEDIA_UNAVAILABLE', `The file is over ${maxBytes} bytes (MEDIA_MAX_BYTES).`);
    const { size, sha256, mimeType } = await receiveMedia(media, name, fetched.bytes, {
      declaredType: fetched.contentType,
      limits: [{ bytes: maxBytes, error: tooLarge }],
    });
    if (size === 0) {
      await media.delete(name);
      throw new FetchError('The file is empty.');
    }
    const uploadId = uploadIdOf(name.id, sha256, size);
    const record = { size, sha256, mimeType, fileName: nameOf(fetched), createdAt: Date.now() };
    await addFetchedUpload(redis, userId, uploadId, record, jobId);
    return uploadId;
  }
}

function unavailable(error: unknown): unknown {
  return error instanceof FetchError
    ? new GatewayError('MEDIA_UNAVAILABLE', error.message, { cause: error })
    : error;
}

/** The file's name as its server gives it, else the end of the address. */
function nameOf({ url, contentDisposition = '' }: Fetched): string | null {
  const [, encoded] = /filename\*=(?:UTF-8'[^']*')([^;\s]+)/i.exec(contentDisposition) ?? [];
  const [, quoted, plain] = /filename=(?:"([^"]*)"|([^;\s]+))/i.exec(contentDisposition) ?? [];
  const given = decoded(encoded) ?? quoted ?? plain ?? decoded(url.pathname) ?? '';
  return cleanFileName(given);
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
