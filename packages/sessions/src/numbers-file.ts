import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BOOT_ID } from '@gateway/runtime';
import * as z from 'zod';

/** Bytes of the header and of each entry. A page has a whole number of them, so the system writes each as a whole. */
const ENTRY_BYTES = 256;

const numbersSchema = z.object({
  /** This number was given, or a greater one. */
  given: z.int().nonnegative(),
  /** No greater number was given, if the file is complete. */
  upTo: z.int().nonnegative(),
  /** The limits of the account's numbers under which this holds: the stored one, and one that is being stored. */
  limits: z.tuple([z.int(), z.int()]),
});
type AccountNumbers = z.infer<typeof numbersSchema>;

const headerSchema = z.object({ boot: z.string().nullable(), isClosed: z.boolean() });
const entrySchema = numbersSchema.extend({ id: z.string() });

export interface NumbersFileOptions {
  /** DATA_DIR. Processes on one host may share it. */
  dataDir: string;
  shard: number;
  /** Whether this worker still owns the shard. */
  mayWrite: () => boolean;
  /** The disk fails: from now on the numbers are not in a file. */
  onFailed: (error: unknown) => void;
}

/**
 * The event numbers of a shard's accounts, as their owner has given them: `event_numbers/{shard}.{random}`. Each change
 * is one `write` without a sync. So a killed process loses nothing, and only a power cut can: the file then names an
 * earlier boot of the machine, and is complete only if it was closed.
 *
 * Each owner has a file of its own, which begins with what the former files have. A former owner that was frozen writes
 * to a file that nobody reads any more.
 */
export class NumbersFile {
  readonly #options: NumbersFileOptions;
  readonly #directory: string;
  /** `undefined`: there is none yet; `null`: the disk fails, so the numbers are only in memory. */
  #file: number | null | undefined;
  /** Each account's place in the file, and what it has there. */
  readonly #entries = new Map<string, { at: number; numbers: AccountNumbers; isComplete: boolean }>();
  /** Why nothing can be written. */
  #refusal: Error | undefined;

  /** @throws if this worker no longer owns the shard. */
  constructor(options: NumbersFileOptions) {
    this.#options = options;
    this.#directory = join(options.dataDir, 'event_numbers');
    try {
      const former = this.#names();
      for (const name of former) this.#merge(readFileSync(join(this.#directory, name), 'latin1'));
      if (former.length === 0) return;
      this.#file = this.#create();
      this.#remove(former);
    } catch (error) {
      if (!options.mayWrite()) throw error;
      this.#giveUp(error);
    }
  }

  /** Creates a file with all entries, and opens it. */
  #create(): number {
    this.#checkOwned();
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const name = `${this.#options.shard}.${randomBytes(8).toString('hex')}`;
    const lines = [lineOf({ boot: BOOT_ID, isClosed: false })];
    for (const [id, entry] of this.#entries) {
      entry.at = lines.length;
      // An entry that is not complete stays so: it names no limit under which it holds.
      const limits = entry.isComplete ? entry.numbers.limits : [-1, -1];
      lines.push(lineOf({ id, ...entry.numbers, limits }));
    }
    const file = openSync(join(this.#directory, name), 'wx', 0o600);
    try {
      writeAt(file, 0, lines.join(''));
    } catch (error) {
      closeSync(file);
      throw error;
    }
    return file;
  }

  /**
   * What is known of the account's numbers.
   * @param limit the stored limit of its numbers. Under another limit, an owner that keeps no file has given some.
   */
  read(userId: string, limit: number): { given: number; upTo: number } {
    const entry = this.#entries.get(userId);
    if (entry === undefined) return { given: 0, upTo: limit };
    const { given, upTo, limits } = entry.numbers;
    const isExact = entry.isComplete && limits.includes(limit);
    return { given, upTo: isExact ? upTo : Math.max(limit, upTo) };
  }

  /** @throws if the file is closed, or says something else and cannot be removed. */
  write(userId: string, numbers: AccountNumbers): void {
    this.#checkWritable();
    const at = this.#entries.get(userId)?.at ?? this.#entries.size + 1;
    if (this.#file !== null) {
      try {
        this.#file ??= this.#create();
        writeAt(this.#file, at, lineOf({ id: userId, ...numbers }));
      } catch (error) {
        this.#giveUp(error);
        this.#checkWritable();
      }
    }
    this.#entries.set(userId, { at, numbers, isComplete: true });
  }

  /** Call when no more numbers are given. From then on a power cut loses nothing. */
  async close(): Promise<void> {
    this.#refusal ??= new Error('this worker no longer owns the account');
    const file = this.#file;
    this.#file = null;
    if (typeof file !== 'number') return;
    try {
      writeAt(file, 0, lineOf({ boot: BOOT_ID, isClosed: true }));
      await promisify(fsync)(file);
    } finally {
      closeSync(file);
    }
  }

  /** The disk fails. Without a file, the next owner goes on above the limit; a former one would lead it astray. */
  #giveUp(error: unknown): void {
    try {
      if (typeof this.#file === 'number') closeSync(this.#file);
      this.#remove(this.#names());
    } catch (cause) {
      this.#refusal = new Error('the event numbers cannot be written', { cause });
    }
    this.#file = null;
    this.#options.onFailed(error);
  }

  #checkWritable(): void {
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  #names(): string[] {
    if (!existsSync(this.#directory)) return [];
    return readdirSync(this.#directory).filter((name) => name.startsWith(`${this.#options.shard}.`));
  }

  #remove(names: readonly string[]): void {
    this.#checkOwned();
    for (const name of names) rmSync(join(this.#directory, name), { force: true });
  }

  #checkOwned(): void {
    const { shard, mayWrite } = this.#options;
    if (!mayWrite()) throw new Error(`this worker no longer owns the shard ${shard}`);
  }

  /** Takes over what a former file knows. The greatest numbers hold: a former owner may have been slow. */
  #merge(text: string): void {
    const header = parse(headerSchema, text.slice(0, ENTRY_BYTES));
    const isComplete = header !== null && (header.isClosed || (BOOT_ID !== null && header.boot === BOOT_ID));
    for (let at = ENTRY_BYTES; at < text.length; at += ENTRY_BYTES) {
      const entry = parse(entrySchema, text.slice(at, at + ENTRY_BYTES));
      if (entry === null) continue;
      const { id, given, upTo, limits } = entry;
      const before = this.#entries.get(id);
      const isNewer = before === undefined || upTo >= before.numbers.upTo;
      const numbers = {
        given: Math.max(given, before?.numbers.given ?? 0),
        upTo: Math.max(upTo, before?.numbers.upTo ?? 0),
        limits: isNewer ? limits : before.numbers.limits,
      };
      this.#entries.set(id, { at: 0, numbers, isComplete: isComplete && before?.isComplete !== false });
    }
  }
}

/** @throws if it is not written as a whole. */
function writeAt(file: number, at: number, lines: string): void {
  const bytes = Buffer.from(lines);
  if (writeSync(file, bytes, 0, bytes.length, at * ENTRY_BYTES) !== bytes.length)
    throw new Error('the disk is full');
}

/** Ids of accounts are ASCII and have at most 64 characters, so every entry has room. */
function lineOf(content: object): string {
  return `${JSON.stringify(content).padEnd(ENTRY_BYTES - 1)}\n`;
}

function parse<T>(schema: z.ZodType<T>, line: string): T | null {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    // A power cut may leave a part of the file empty.
    return null;
  }
}
