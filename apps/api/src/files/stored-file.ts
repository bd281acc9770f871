import type { ControlPayload, ReadFile } from '@gateway/contracts';
import { blockLength, blockName, FILE_BLOCK_BYTES, MediaStoreError, toGatewayError } from '@gateway/media';
import type { ApiContext } from '../context.ts';
import type { ByteRange } from './byte-range.ts';
import { fetchBlock, type Patience } from './fetch-block.ts';

/** Blocks that are fetched before the caller has read the one before them. */
const AHEAD = 3;
/** ms that a block may take. Callers wait longer once they have received bytes. */
const FIRST_BLOCK_MS = 30_000;
const LATER_BLOCK_MS = 120_000;

export interface FileRequest {
  userId: string;
  /** As the caller named the file. */
  name: ControlPayload<'read.file'>;
  file: ReadFile;
  requestId: string;
}

/** A file of Telegram in the media store, whose missing blocks are fetched while it is read. */
export class StoredFile {
  readonly #context: Pick<ApiContext, 'producer' | 'media'>;
  readonly #request: FileRequest;

  constructor(context: Pick<ApiContext, 'producer' | 'media'>, request: FileRequest) {
    this.#context = context;
    this.#request = request;
  }

  /**
   * Yields the bytes, one block at a time, and fetches a few blocks ahead.
   * @param signal aborted when the caller is gone. Nothing more is fetched then.
   */
  async *read({ start, end }: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const [first, last] = [blockOf(start), blockOf(end)];
    const begun = new Map<number, Promise<void>>();
    for (let block = first; block <= last && !signal.aborted; block += 1) {
      for (let next = block; next <= Math.min(last, block + AHEAD); next += 1) {
        if (begun.has(next)) continue;
        // Until then the caller can still be told by a status.
        const isFirst = next === first;
        const patienceMs = isFirst ? FIRST_BLOCK_MS : LATER_BLOCK_MS;
        const fetching = this.#ensure(next, { patienceMs, waitsForFlood: !isFirst, signal });
        fetching.catch(() => {}); // Whoever needs the block gets the error.
        begun.set(next, fetching);
      }
      await begun.get(block);
      begun.delete(block);
      if (signal.aborted) return;
      const offset = block * FILE_BLOCK_BYTES;
      const from = Math.max(0, start - offset);
      yield await this.#bytesOf(block, from, Math.min(FILE_BLOCK_BYTES, end + 1 - offset), signal);
    }
  }

  async #ensure(block: number, patience: Patience): Promise<void> {
    if ((await this.#stored(block, 0, 1)) !== null) return;
    const { userId, name, file, requestId } = this.#request;
    const request = { userId, block: { ...name, key: file.key, block }, requestId };
    await fetchBlock(this.#context, request, patience);
  }

  async #bytesOf(block: number, from: number, to: number, signal: AbortSignal): Promise<Buffer> {
    const stored = await this.#stored(block, from, to);
    if (stored !== null) return stored;
    // Its retention time was over just now.
    await this.#ensure(block, { patienceMs: LATER_BLOCK_MS, waitsForFlood: true, signal });
    const again = await this.#stored(block, from, to);
    if (again === null) throw toGatewayError(new MediaStoreError('missing', undefined));
    return again;
  }

  /** `null`: the block is not stored. */
  async #stored(block: number, from: number, to: number): Promise<Buffer | null> {
    const { userId, file } = this.#request;
    const length = Math.min(to, blockLength(file.size, block)) - from;
    try {
      return await this.#context.media.read(blockName(userId, file.key, block), from, length);
    } catch (error) {
      if (!(error instanceof MediaStoreError)) throw error;
      if (error.failure === 'missing') return null;
      throw toGatewayError(error);
    }
  }
}

function blockOf(offset: number): number {
  return Math.floor(offset / FILE_BLOCK_BYTES);
}
