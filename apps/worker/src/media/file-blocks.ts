import { blockName, MediaStoreError, toGatewayError, type MediaStore } from '@gateway/media';
import PQueue from 'p-queue';

/** Blocks that are fetched at a time, so that many downloads do not fill the memory. */
const AT_ONCE = 8;

/** Stores blocks of files that Telegram has. Callers that want the same block at once share one fetch. */
export class FileBlocks {
  readonly #media: MediaStore;
  readonly #running = new Map<string, Promise<void>>();
  readonly #queue = new PQueue({ concurrency: AT_ONCE });

  constructor(media: MediaStore) {
    this.#media = media;
  }

  /**
   * Fetches the block and stores it.
   * @throws {GatewayError} `STORAGE_FULL`, `STORAGE_UNAVAILABLE`; or the error of `fetch`.
   */
  async store(userId: string, file: string, block: number, fetch: () => Promise<Buffer[]>): Promise<void> {
    const name = blockName(userId, file, block);
    const key = `${userId} ${name.id}`;
    const running = this.#running.get(key) ?? this.#queue.add(() => this.#fetch(name, fetch));
    this.#running.set(key, running);
    try {
      await running;
    } finally {
      this.#running.delete(key);
    }
  }

  async #fetch(name: ReturnType<typeof blockName>, fetch: () => Promise<Buffer[]>): Promise<void> {
    const bytes = await fetch();
    async function* source() {
      yield* bytes;
    }
    try {
      await this.#media.put(name, source());
    } catch (error) {
      throw error instanceof MediaStoreError ? toGatewayError(error) : error;
    }
  }
}
