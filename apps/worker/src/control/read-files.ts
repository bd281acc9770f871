import { GatewayError, type ControlPayload, type ControlResult } from '@gateway/contracts';
import { blockLength, FILE_BLOCK_BYTES } from '@gateway/media';
import { TelegramFailure, type LocatedFile } from '@gateway/telegram';
import { LRUCache } from 'lru-cache';
import PQueue from 'p-queue';
import type { Account } from '../accounts/account.ts';
import type { FileBlocks } from '../media/file-blocks.ts';
import type { Reading } from './reading.ts';

/** Bytes of one call. */
const PART_BYTES = 512 * 1024;
/** Calls that an account has in flight at a time. */
const PARTS_AT_ONCE = 4;
/** Files whose place at Telegram is remembered. A forgotten one costs a read of its message. */
const MAX_LOCATED = 1_000;

type FileName = ControlPayload<'read.file'>;
type BlockName = ControlPayload<'read.file_block'>;

/** Files of messages, for callers. */
export class ReadFiles {
  readonly #reading: Reading;
  readonly #blocks: FileBlocks;
  readonly #located = new LRUCache<string, LocatedFile>({ max: MAX_LOCATED });
  /** The calls of each account. */
  readonly #calls = new WeakMap<Account, PQueue>();

  constructor(reading: Reading, blocks: FileBlocks) {
    this.#reading = reading;
    this.#blocks = blocks;
  }

  /** @throws `FILE_NOT_FOUND`, as a failure of Telegram. */
  async open(account: Account, name: FileName): Promise<ControlResult<'read.file'>> {
    const { key, size, mimeType, fileName } = await this.#locate(account, name);
    return { key, size, mimeType, fileName };
  }

  /** Fetches a block into the media store. */
  async storeBlock(account: Account, name: BlockName): Promise<void> {
    const { key, block } = name;
    await this.#blocks.store(account.userId, key, block, async () => {
      const known = this.#located.get(`${account.userId} ${key}`);
      try {
        return await this.#bytesOf(account, known ?? (await this.#locate(account, name)), name);
      } catch (error) {
        // Telegram renews the reference of a file with each read of its message.
        if (!isExpired(error)) throw error;
        return this.#bytesOf(account, await this.#locate(account, name), name);
      }
    });
  }

  async #locate(account: Account, name: FileName): Promise<LocatedFile> {
    const file = await this.#reading.file(account, name);
    this.#located.set(`${account.userId} ${file.key}`, file);
    return file;
  }

  async #bytesOf(account: Account, file: LocatedFile, { key, block }: BlockName): Promise<Buffer[]> {
    const wanted = blockLength(file.size, block);
    if (file.key !== key || wanted <= 0) throw new GatewayError('FILE_NOT_FOUND', OTHER_FILE);
    const calls = this.#callsOf(account);
    const offsets = Array.from({ length: Math.ceil(wanted / PART_BYTES) }, (_, part) => part * PART_BYTES);
    const parts = await Promise.all(
      offsets.map((offset) =>
        calls.add(() =>
          this.#reading.fileBytes(account, file, {
            offset: block * FILE_BLOCK_BYTES + offset,
            limit: PART_BYTES,
          }),
        ),
      ),
    );
    const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
    if (length !== wanted)
      throw new GatewayError(
        'TELEGRAM_ERROR',
        `Telegram gave ${length} bytes of the file, and not ${wanted}.`,
      );
    return parts;
  }

  #callsOf(account: Account): PQueue {
    const known = this.#calls.get(account) ?? new PQueue({ concurrency: PARTS_AT_ONCE });
    this.#calls.set(account, known);
    return known;
  }
}

const OTHER_FILE = 'The message has another file now.';

function isExpired(error: unknown): boolean {
  return (
    error instanceof TelegramFailure && error.error.details.rpcError?.startsWith('FILE_REFERENCE_') === true
  );
}
