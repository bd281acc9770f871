import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rpcError } from '../rpc/errors.ts';
import { Upload, type UploadedBytes } from './upload.ts';

const DEFAULT_MAX_STORED = 8 * 2 ** 30;
/** Unfinished uploads at most, and remembered finished ones. The oldest ones are deleted beyond. */
const MAX_UPLOADS = 256;

/** The name that an account's client gives an upload. */
export interface UploadName {
  accountId: number;
  fileId: bigint;
}

interface UsedUpload extends UploadedBytes {
  parts: number;
}

/**
 * The bytes of uploaded files, on disk: each file once, named by its SHA-256. The state has everything else about a
 * file. Unfinished uploads do not survive a restart.
 */
export class FileStore {
  #directory: string | undefined;
  #made = 0;
  readonly #isTemporary: boolean;
  readonly #maxStored: number;
  readonly #uploads = new Map<string, Upload>();
  /** Telegram lets a client use an upload more than once. */
  readonly #used = new Map<string, UsedUpload>();
  /** Sizes by SHA-256, the file that was stored first at the front. */
  #stored = new Map<string, number>();

  /**
   * @param directory undefined: a temporary directory, which is created when the first bytes arrive.
   * @param isWanted whether the state has the file with this SHA-256. Other files are deleted.
   * @param maxStored bytes of stored files, and of unfinished uploads. The oldest ones are deleted beyond.
   */
  constructor(
    directory?: string,
    isWanted: (sha256: string) => boolean = () => true,
    maxStored = DEFAULT_MAX_STORED,
  ) {
    this.#isTemporary = directory === undefined;
    this.#maxStored = maxStored;
    if (directory !== undefined) this.#open(directory, isWanted);
  }

  /** @throws {RpcError} as {@link Upload.savePart}. */
  savePart(name: UploadName, index: number, bytes: Uint8Array, isLast: boolean | undefined): void {
    const key = keyOf(name);
    this.#used.delete(key);
    let upload = this.#uploads.get(key);
    if (upload === undefined) {
      upload = new Upload(join(this.#home(), 'uploads', key));
      this.#uploads.set(key, upload);
    }
    upload.savePart(index, bytes, isLast);
    this.#limitUploads(key);
  }

  /**
   * Stores an uploaded file, so that its bytes survive a kill of the process.
   *
   * @throws {RpcError} as {@link Upload.finish}.
   */
  storeUpload(name: UploadName, parts: number): UploadedBytes {
    const key = keyOf(name);
    const used = this.#used.get(key);
    if (used?.parts === parts) return used;
    const upload = this.#uploads.get(key);
    if (upload === undefined) throw rpcError('FILE_PART_0_MISSING');
    const { sha256, size } = upload.finish(parts);
    this.#uploads.delete(key);
    renameSync(upload.path, this.#pathOf(sha256));
    this.#add(sha256, size);
    this.#used.set(key, { sha256, size, parts });
    const [first] = this.#used.keys();
    if (first !== undefined && this.#used.size > MAX_UPLOADS) this.#used.delete(first);
    return { sha256, size };
  }

  /** Deletes what a client has uploaded under a name, as Telegram does some time after the upload. */
  forgetUpload(name: UploadName): void {
    const key = keyOf(name);
    this.#used.delete(key);
    this.#uploads.get(key)?.discard();
    this.#uploads.delete(key);
  }

  /** Stores bytes that no client has uploaded. Other calls go on meanwhile. */
  async store(chunks: Iterable<Uint8Array>): Promise<UploadedBytes> {
    const path = join(this.#home(), 'uploads', `made.${(this.#made += 1)}`);
    const hash = createHash('sha256');
    let size = 0;
    const file = await open(path, 'wx', 0o600);
    try {
      for (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        await file.writeFile(chunk);
      }
    } finally {
      await file.close();
    }
    const sha256 = hash.digest('hex');
    renameSync(path, this.#pathOf(sha256));
    this.#add(sha256, size);
    return { sha256, size };
  }

  /** Reads a part of a file: less than `length` bytes at its end; undefined if the file is not stored any more. */
  read(sha256: string, offset: number, length: number): Buffer | undefined {
    const size = this.#stored.get(sha256);
    if (size === undefined) return undefined;
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
    const fd = openSync(this.#pathOf(sha256), 'r');
    try {
      for (let done = 0; done < bytes.length;) {
        const count = readSync(fd, bytes, done, bytes.length - done, offset + done);
        if (count === 0) return undefined;
        done += count;
      }
    } finally {
      closeSync(fd);
    }
    return bytes;
  }

  /** Deletes the files if they are temporary. */
  close(): void {
    for (const upload of this.#uploads.values()) upload.discard();
    this.#uploads.clear();
    if (this.#isTemporary && this.#directory !== undefined)
      rmSync(this.#directory, { recursive: true, force: true });
    this.#stored.clear();
  }

  #open(directory: string, isWanted: (sha256: string) => boolean): void {
    this.#directory = directory;
    const [uploads, stored] = [join(directory, 'uploads'), join(directory, 'stored')];
    rmSync(uploads, { recursive: true, force: true });
    for (const each of [uploads, stored]) mkdirSync(each, { recursive: true, mode: 0o700 });
    const files = readdirSync(stored).map((sha256) => ({ sha256, ...statOf(join(stored, sha256)) }));
    for (const { sha256 } of files) if (!isWanted(sha256)) rmSync(join(stored, sha256));
    const kept = files.filter(({ sha256 }) => isWanted(sha256)).sort((a, b) => a.mtime - b.mtime);
    this.#stored = new Map(kept.map(({ sha256, size }) => [sha256, size]));
  }

  #home(): string {
    if (this.#directory === undefined) this.#open(mkdtempSync(join(tmpdir(), 'sandbox-files-')), () => true);
    return this.#directory ?? '';
  }

  #pathOf(sha256: string): string {
    return join(this.#home(), 'stored', sha256);
  }

  #add(sha256: string, size: number): void {
    this.#stored.delete(sha256);
    this.#stored.set(sha256, size);
    // A restart keeps the order.
    const now = new Date();
    utimesSync(this.#pathOf(sha256), now, now);
    let total = [...this.#stored.values()].reduce((sum, each) => sum + each, 0);
    for (const [oldest, freed] of this.#stored) {
      if (total <= this.#maxStored || oldest === sha256) return;
      rmSync(this.#pathOf(oldest), { force: true });
      this.#stored.delete(oldest);
      total -= freed;
    }
  }

  /** @param current the upload that a client is working on. */
  #limitUploads(current: string): void {
    let total = [...this.#uploads.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [oldest, upload] of this.#uploads) {
      if ((this.#uploads.size <= MAX_UPLOADS && total <= this.#maxStored) || oldest === current) return;
      total -= upload.size;
      upload.discard();
      this.#uploads.delete(oldest);
    }
  }
}

function keyOf({ accountId, fileId }: UploadName): string {
  return `${accountId}.${fileId}`;
}

function statOf(path: string): { size: number; mtime: number } {
  const { size, mtimeMs } = statSync(path);
  return { size, mtime: mtimeMs };
}
