import type { Readable, Writable } from 'node:stream';
import type { Prompter } from './prompter.ts';
import { decodeText } from './text-file.ts';

/** The program's environment: variables, streams, terminal. Tests pass a fake. */
export interface Io {
  env: Readonly<Record<string, string | undefined>>;
  stdin: Readable;
  stdout: Writable & { isTTY?: boolean };
  stderr: Writable & { isTTY?: boolean };
  /** Asks the person at the terminal; `null`: no terminal. */
  prompter: Prompter | null;
  /** Aborted with an {@link Interrupted} by Ctrl-C. */
  signal: AbortSignal;
}

/** Reads all of standard input as text. @throws {UsageError} if it is not text. */
export async function readAll(stdin: Readable): Promise<string> {
  return decodeText(await readBytes(stdin), 'standard input');
}

/** Reads all of standard input as bytes. */
export async function readBytes(stdin: Readable): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stdin) pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  return Buffer.concat(pieces);
}
