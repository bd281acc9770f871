import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { applyEvent } from './apply-event.ts';
import { compactEvents } from './compact.ts';
import type { StateEvent } from './events.ts';
import { lockDirectory } from './journal-lock.ts';
import type { Journal } from './journal.ts';
import { emptyState, type State } from './state.ts';

const CHUNK = 1 << 20;

/**
 * Opens the journal of a directory, and creates the directory if needed. Reads the state, rewrites the journal without
 * events that have no effect any more, and accepts further events. Ignores a last line that a crash cut short.
 *
 * Only the owner can read the directory. It is locked against a second sandbox until `close`.
 *
 * @param now Unix milliseconds.
 * @throws Error if another process uses the directory, or a line in the middle is not an event.
 */
export function openJournal(directory: string, now: number): { state: State; journal: Journal } {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const unlock = lockDirectory(directory);
  try {
    const path = join(directory, 'journal.jsonl');
    const state = readState(path);
    const fd = writeCompact(path, state, now);
    return { state, journal: new FileJournal(fd, unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** `append` returns after `write(2)`: the kernel then has the data, whatever happens to the process. */
class FileJournal implements Journal {
  readonly #unlock: () => void;
  #fd: number | undefined;

  constructor(fd: number, unlock: () => void) {
    this.#fd = fd;
    this.#unlock = unlock;
  }

  append(events: readonly StateEvent[]): void {
    if (this.#fd === undefined) throw new Error('the journal is closed');
    try {
      writeAll(this.#fd, Buffer.from(events.map(lineOf).join('')));
    } catch (error) {
      // The file may now end in half a line, and nothing after it could be read back.
      this.close();
      throw error;
    }
  }

  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
    this.#unlock();
  }
}

function readState(path: string): State {
  const state = emptyState();
  if (!existsSync(path)) return state;
  let number = 0;
  for (const line of completeLines(path)) {
    number += 1;
    try {
      const event: StateEvent = JSON.parse(line);
      applyEvent(state, event);
    } catch (cause) {
      throw new Error(`${path}, line ${number}, is no event; move the file away to start afresh`, { cause });
    }
  }
  return state;
}

/** The lines that end in a newline. Reads in chunks, because the file may be longer than a string can be. */
function* completeLines(path: string): Generator<string> {
  const fd = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK);
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const length = readSync(fd, chunk, 0, CHUNK, null);
      if (length === 0) return;
      let data = Buffer.concat([rest, chunk.subarray(0, length)]);
      for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10)) {
        yield data.toString('utf8', 0, end);
        data = data.subarray(end + 1);
      }
      rest = data;
    }
  } finally {
    closeSync(fd);
  }
}

/** Replaces the journal atomically. @returns the new file's descriptor, positioned at its end. */
function writeCompact(path: string, state: State, now: number): number {
  const fresh = `${path}.new`;
  const fd = openSync(fresh, 'w', 0o600);
  try {
    let lines = '';
    for (const event of compactEvents(state, now)) {
      lines += lineOf(event);
      if (lines.length < CHUNK) continue;
      writeAll(fd, Buffer.from(lines));
      lines = '';
    }
    writeAll(fd, Buffer.from(lines));
    fsyncSync(fd);
    renameSync(fresh, path);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function lineOf(event: StateEvent): string {
  return `${JSON.stringify(event)}\n`;
}

function writeAll(fd: number, data: Buffer): void {
  for (let done = 0; done < data.length;) done += writeSync(fd, data, done);
}
