import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FileAtUrl } from '@gateway/actions';
import { cleanFileName, GatewayError, uploadIdOf } from '@gateway/contracts';
import { receiveMedia, type MediaStore } from '@gateway/media';
import { addFetchedUpload, removeHeldJob, writeHeldJobs, type RedisClient } from '@gateway/queue';
import { FetchError, type Fetched, type Fetcher } from '@gateway/webhooks';
import { LRUCache } from 'lru-cache';
import PQueue from 'p-queue';
import { isLongTurn, uploadTurn } from '../lane/waits.ts';

/** How long one step of a job waits for its file, ms. Jobs of other chats run between two steps. */
const PIECE_MS = 250;
/** Files that are fetched at a time, and those of one account: slow servers must not hold up other accounts. */
const AT_ONCE = 16;
const AT_ONCE_OF_ACCOUNT = 4;
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
interface FileJob extends FileAtUrl {
  userId: string;
  jobId: string;
}

/** The upload that has a job's file. */
export interface FetchedFile {
  file: number;
  uploadId: string;
}

type Outcome = { uploadId: string } | { error: unknown };

/** The turn of a file among those that this worker fetches. */
interface Turn {
  /** Since when the file waits for it, ms since the epoch. */
  since: number;
  hasBegun: boolean;
}

interface Running {
  turn: Turn;
  abort: AbortController;
  ended: Promise<Outcome>;
  /** `null` while it runs. */
  outcome: Outcome | null;
}

/** Fetches files for jobs into the media store, in the background. */
export class MediaFetches {
  readonly #options: MediaFetchesOptions;
  readonly #running = new LRUCache<string, Running>({ max: MAX_REMEMBERED });
  readonly #queue = new PQueue({ concurrency: AT_ONCE });
  /** Of accounts whose files are fetched, or wait for that. */
  readonly #ofAccounts = new Map<string, PQueue>();
  readonly #stop = new AbortController();

  constructor(options: MediaFetchesOptions) {
    this.#options = options;
  }

  /**
   * Begins to fetch the files of a job, or waits a moment for the first of them.
   * @returns those that are fetched. Call it again for the others.
   * @throws {GatewayError} `MEDIA_UNAVAILABLE`, `STORAGE_FULL`, `STORAGE_UNAVAILABLE`.
   */
  async fetch(jobs: readonly FileJob[]): Promise<FetchedFile[]> {
    const all = jobs.map((job) => ({ job, running: this.#runningOf(job) }));
    if (all.every(({ running }) => running.outcome === null)) {
      const waited = new AbortController();
      const pause = delay(PIECE_MS, null, { signal: waited.signal }).catch(() => null);
      await Promise.race([...all.map(({ running }) => running.ended), pause]);
      waited.abort();
    }
    await this.#showWait(all);
    const fetched: FetchedFile[] = [];
    for (const { job, running } of all) {
      if (running.outcome === null) continue;
      this.#running.delete(keyOf(job));
      if ('error' in running.outcome) throw running.outcome.error;
      fetched.push({ file: job.file, uploadId: running.outcome.uploadId });
    }
    return fetched;
  }

  /** The job has ended: gives up its files that are not fetched yet. */
  giveUp(jobId: string): void {
    for (const [key, { abort }] of this.#running.entries())
      if (key.startsWith(`${jobId} `)) {
        abort.abort();
        this.#running.delete(key);
      }
  }

  /** Gives up all files that are not fetched yet. Their jobs fetch them again elsewhere. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#options.fetcher.close();
  }

  /** Publishes that a job waits for its turn, if none of its files has begun for a while. */
  async #showWait(files: readonly { job: FileJob; running: Running }[]): Promise<void> {
    const [first] = files;
    const now = Date.now();
    if (first === undefined || files.some(({ running: { turn } }) => turn.hasBegun)) return;
    if (!isLongTurn(first.running.turn.since, now)) return;
    const { userId, jobId } = first.job;
    await writeHeldJobs(this.#options.redis, userId, [{ jobId, hold: uploadTurn(now) }]);
  }

  #runningOf(job: FileJob): Running {
    const known = this.#running.get(keyOf(job));
    if (known !== undefined) return known;
    const turn: Turn = { since: Date.now(), hasBegun: false };
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, this.#stop.signal]);
    const ended = this.#inTurn(job.userId, async () => {
      turn.hasBegun = true;
      // Only people read it: a failure must not fail the job.
      removeHeldJob(this.#options.redis, job.userId, job.jobId).catch(() => {});
      signal.throwIfAborted();
      return this.#store(job, signal);
    }).then(
      (uploadId) => ({ uploadId }),
      (error: unknown) => ({ error: unavailable(error) }),
    );
    const running: Running = { turn, abort, ended, outcome: null };
    void ended.then((outcome) => (running.outcome = outcome));
    this.#running.set(keyOf(job), running);
    return running;
  }

  /** Runs `fetch` when the account has a place, and then one of all. */
  async #inTurn<T>(userId: string, fetch: () => Promise<T>): Promise<T> {
    const own = this.#ofAccounts.get(userId) ?? new PQueue({ concurrency: AT_ONCE_OF_ACCOUNT });
    this.#ofAccounts.set(userId, own);
    const fetched = own.add(() => this.#queue.add(fetch));
    void own.onIdle().then(() => own.size + own.pending === 0 && this.#ofAccounts.delete(userId));
    return fetched;
  }

  async #store({ userId, jobId, url }: FileJob, signal: AbortSignal): Promise<string> {
    const { redis, media, fetcher, maxBytes } = this.#options;
    const fetched = await fetcher.fetch(url, signal);
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

function keyOf({ jobId, file }: FileJob): string {
  return `${jobId} ${file}`;
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
