import { uploadsKey } from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import type { RedisCalls } from '../redis/redis-calls.ts';
import type { UploadRecord } from './upload-record.ts';
import { addUpload, readUnusedBytes } from './uploads.ts';

/** The API's side of uploads. Throws `QUEUE_UNAVAILABLE` while Redis is away. */
export class AccountUploads {
  readonly #redis: RedisClient;
  readonly #calls: RedisCalls;

  constructor(redis: RedisClient, calls: RedisCalls) {
    this.#redis = redis;
    this.#calls = calls;
  }

  /** Bytes of the account's uploads that no job uses. */
  async unusedBytes(userId: string): Promise<number> {
    return this.#calls.read(() => readUnusedBytes(this.#redis, userId));
  }

  /** Records an upload whose bytes are stored. `false`: it would be over the quota. */
  async add(userId: string, uploadId: string, record: UploadRecord, quota: number): Promise<boolean> {
    return this.#calls.change(uploadsKey(userId), () =>
      addUpload(this.#redis, userId, uploadId, record, quota),
    );
  }
}
