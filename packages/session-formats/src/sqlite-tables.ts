import { BoundedThreads, ThreadError } from '@gateway/runtime';
import { SessionFormatError } from './foreign-session.ts';

/** The part of a table to read. Cells of another type, and long ones, are `null`. */
export interface TableRead {
  table: string;
  columns: Readonly<Record<string, 'integer' | 'blob' | 'text'>>;
  /** Reads only rows with one of these values in `column`. */
  only?: { column: string; values: string[] };
  limit: number;
}

export type Rows = Record<string, unknown>[];
type Answer = { tables: (Rows | null)[] } | { error: string };

const threads = new BoundedThreads<{ bytes: Uint8Array; reads: readonly TableRead[] }, Answer>({
  entry: new URL('sqlite-thread.mjs', import.meta.url),
  timeoutMs: 3_000,
  heapMb: 64,
  atOnce: 2,
  maxWaiting: 20,
});

/**
 * Reads tables of an untrusted SQLite file in a thread with limits on time and memory.
 * @returns the rows for each read; `null` if the file has no ordinary table of that name.
 * @throws {SessionFormatError} if the file is broken, or reading exceeds the limits.
 * @throws {ThreadError} `busy`
 */
export async function readTables(bytes: Uint8Array, reads: readonly TableRead[]): Promise<(Rows | null)[]> {
  // A copy to transfer to the thread, so that the caller keeps its own bytes.
  const copy = new Uint8Array(bytes);
  let answer: Answer;
  try {
    answer = await threads.run({ bytes: copy, reads }, [copy.buffer]);
  } catch (error) {
    if (error instanceof ThreadError && (error.failure === 'timeout' || error.failure === 'memory'))
      throw new SessionFormatError(
        'is an SQLite file that takes more time or memory to read than a session file can need',
        { cause: error },
      );
    throw error;
  }
  if ('error' in answer)
    throw new SessionFormatError('is an SQLite file that is broken, cut off or encrypted', {
      cause: answer.error,
    });
  return answer.tables;
}
