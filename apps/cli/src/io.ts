import type { Readable, Writable } from 'node:stream';
import type { Prompter } from './prompter.ts';
import { decodeText } from './text-file.ts';

/** What the program has of the world. Tests give it another. */
export interface Io {
  env: Readonly<Record<string, string | undefined>>;
  stdin: Readable;
  stdout: Writable & { isTTY?: boolean };
  stderr: Writable & { isTTY?: boolean };
  /** Asks the person at the terminal; `null`: there is none. */
  prompter: Prompter | null;
  /** Aborted with an {@link Interrupted} by Ctrl-C. */
  signal: AbortSignal;
}

/** All of standard input, as text. @throws {UsageError} where it is none. */
export async function readAll(stdin: Readable): Promise<string> {
  return decodeText(await readBytes(stdin), 'standard input');
}

/** All of standard input, as it is. */
export async function readBytes(stdin: Readable): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stdin) pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  return Buffer.concat(pieces);
}
