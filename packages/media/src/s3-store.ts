import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import {
  accountOf,
  folderOf,
  MediaStoreError,
  type MediaName,
  type MediaStore,
  type StoredMedia,
} from './media-store.ts';

export interface S3Options {
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const PREFIX = 'media/';
/** An object has at most 10,000 parts, so these are enough for 80 GiB. Two are in memory at a time. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

/** A {@link MediaStore} in a bucket of any S3-compatible store, for API and workers on several machines. */
export class S3MediaStore implements MediaStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor({ endpoint, region, bucket, accessKeyId, secretAccessKey }: S3Options) {
    this.#bucket = bucket;
    this.#client = new S3Client({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      // Stores other than Amazon's often have no host names for buckets, and refuse Amazon's newer checksums.
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async put(name: MediaName, source: AsyncIterable<Uint8Array>): Promise<void> {
    // A failed upload is aborted, which deletes its parts.
    const upload = new Upload({
      client: this.#client,
      params: { Bucket: this.#bucket, Key: keyOf(name), Body: Readable.from(source, { objectMode: false }) },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
      leavePartsOnError: false,
    });
    await storing(() => upload.done());
  }

  async read(name: MediaName, offset: number, length: number): Promise<Buffer> {
    const range = `bytes=${offset}-${offset + length - 1}`;
    const { Body } = await storing(() =>
      this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: keyOf(name), Range: range })),
    );
    return Buffer.from((await storing(async () => Body?.transformToByteArray())) ?? []);
  }

  async delete(name: MediaName): Promise<void> {
    await storing(() =>
      this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: keyOf(name) })),
    );
  }

  async deleteAll(userId: string): Promise<void> {
    for await (const { id } of this.#listed(`${PREFIX}${folderOf(userId)}/`))
      await this.delete({ userId, id });
  }

  list(): AsyncIterable<StoredMedia> {
    return this.#listed(PREFIX);
  }

  async *#listed(prefix: string): AsyncIterable<StoredMedia> {
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages)
      for (const { Key = '', LastModified } of Contents) {
        const [folder = '', id = ''] = Key.slice(PREFIX.length).split('/');
        yield { userId: accountOf(folder), id, storedAt: LastModified?.getTime() ?? Date.now() };
      }
  }

  /** The store deletes unfinished uploads by a rule of its bucket; see docs/operations.md. */
  async dropUnfinished(): Promise<void> {}

  close(): void {
    this.#client.destroy();
  }
}

function keyOf({ userId, id }: MediaName): string {
  return `${PREFIX}${folderOf(userId)}/${id}`;
}

async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof S3ServiceException)
      throw new MediaStoreError(
        error.$metadata.httpStatusCode === 404
          ? 'missing'
          : error.$metadata.httpStatusCode === 507 || error.name === 'QuotaExceeded'
            ? 'full'
            : 'unavailable',
        error,
      );
    if (error instanceof Error && 'syscall' in error) throw new MediaStoreError('unavailable', error);
    throw error;
  }
}
