import type { FileAtUrl } from '@gateway/actions';
import { readUploadId, GatewayError, type MediaType } from '@gateway/contracts';
import {
  MediaStoreError,
  probeFilm,
  probePicture,
  toGatewayError,
  waveformOf,
  type MediaFacts,
  type MediaStore,
} from '@gateway/media';
import {
  forgetUploads,
  readUpload,
  releaseUpload,
  returnUpload,
  type RedisClient,
  type UploadRecord,
} from '@gateway/queue';
import type { Logger } from '@gateway/runtime';
import { TelegramFailure } from '@gateway/telegram';
import type { FetchedFile, MediaFetches } from './media-fetches.ts';

export interface AccountFilesOptions {
  redis: RedisClient;
  media: MediaStore;
  fetches: MediaFetches;
  /** The most bytes that the unused uploads of an account may have. */
  quota: number;
  /**
   * Resolves when Redis can no longer lose the end of a job that has ended now. A job whose end is lost runs again, and
   * needs its files.
   */
  endIsSafe: () => Promise<void>;
  logger: Logger;
}

/** The uploads of one account, for its jobs. */
export class AccountFiles {
  readonly #redis: RedisClient;
  readonly #media: MediaStore;
  readonly #fetches: MediaFetches;
  readonly #quota: number;
  readonly #endIsSafe: () => Promise<void>;
  readonly #userId: string;
  readonly #logger: Logger;

  constructor({ redis, media, fetches, quota, endIsSafe, logger }: AccountFilesOptions, userId: string) {
    this.#redis = redis;
    this.#media = media;
    this.#fetches = fetches;
    this.#quota = quota;
    this.#endIsSafe = endIsSafe;
    this.#userId = userId;
    this.#logger = logger;
  }

  /** As {@link MediaFetches.fetch}. */
  async fetch(jobId: string, files: readonly FileAtUrl[]): Promise<FetchedFile[]> {
    return this.#fetches.fetch(files.map((each) => ({ userId: this.#userId, jobId, ...each })));
  }

  /** As {@link MediaFetches.giveUp}. */
  giveUp(jobId: string): void {
    this.#fetches.giveUp(jobId);
  }

  /** @throws {TelegramFailure} `UPLOAD_NOT_FOUND`: it went with the end of its last job. */
  async describe(uploadId: string): Promise<UploadRecord> {
    const record = await readUpload(this.#redis, this.#userId, uploadId);
    if (record === null) throw gone();
    return record;
  }

  /** What the file shows of itself, as far as a file of this type tells it. Reads a bounded part of it. */
  async probe(uploadId: string, type: MediaType, mimeType: string): Promise<MediaFacts> {
    const name = this.#nameOf(uploadId);
    const { size } = readUploadId(uploadId);
    const file = { size, read: async (at: number, length: number) => this.#media.read(name, at, length) };
    // Telegram measures photos itself.
    if (type === 'photo') return {};
    if (mimeType.startsWith('image/')) return probePicture(file);
    return type === 'document' ? {} : probeFilm(file);
  }

  /** As {@link waveformOf}. */
  async waveform(uploadId: string): Promise<Buffer | undefined> {
    const name = this.#nameOf(uploadId);
    const { size } = readUploadId(uploadId);
    return waveformOf({ size, read: async (at, length) => this.#media.read(name, at, length) });
  }

  /** @throws {TelegramFailure} */
  async read(uploadId: string, offset: number, length: number): Promise<Buffer> {
    try {
      return await this.#media.read(this.#nameOf(uploadId), offset, length);
    } catch (error) {
      if (!(error instanceof MediaStoreError)) throw error;
      if (error.failure === 'missing') throw gone(error);
      throw new TelegramFailure({ outcome: 'retry', reached: true }, toGatewayError(error), error);
    }
  }

  /**
   * The job has ended: deletes the files that no other job uses. Those of a job that may be retried become unused
   * uploads. Never throws; the sweep retries what fails.
   */
  async release(jobId: string, uploadIds: readonly string[], mayBeRetried: boolean): Promise<void> {
    const place = [this.#redis, this.#userId] as const;
    try {
      if (!mayBeRetried) await this.#endIsSafe();
      for (const uploadId of uploadIds) {
        const isDropped = mayBeRetried
          ? await returnUpload(...place, uploadId, jobId, this.#quota)
          : await releaseUpload(...place, uploadId, jobId);
        if (isDropped) await this.#media.delete(this.#nameOf(uploadId));
      }
    } catch (error) {
      this.#logger.warn(
        { err: error, jobId },
        'could not delete the files of an ended job; trying again later',
      );
    }
  }

  /**
   * The account is another person's from now on, or nobody's: deletes its uploads and what it downloaded. Never throws;
   * the sweep retries a failed deletion.
   */
  async forgetAll(): Promise<void> {
    try {
      await forgetUploads(this.#redis, this.#userId);
      await this.#media.deleteAll(this.#userId);
    } catch (error) {
      this.#logger.warn({ err: error, userId: this.#userId }, 'could not delete the files of an account');
    }
  }

  #nameOf(uploadId: string): { userId: string; id: string } {
    return { userId: this.#userId, id: readUploadId(uploadId).storedAs };
  }
}

function gone(cause?: unknown): TelegramFailure {
  return new TelegramFailure({ outcome: 'fail', asked: false }, new GatewayError('UPLOAD_NOT_FOUND'), cause);
}
