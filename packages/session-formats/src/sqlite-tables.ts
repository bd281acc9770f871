import { BoundedThreads, ThreadError } from '@gateway/runtime';
import { SessionFormatError } from './foreign-session.ts';

/** What to read of one table. Cells of another kind, and long ones, are `null`. */
export interface TableRead {
  table: string;
  columns: Readonly<Record<string, 'integer' | 'blob' | 'text'>>;
  /** Only rows whose `column` is one of these. */
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
 * Reads tables of a SQLite file that nobody has checked, in a thread with bounds on time and memory.
 * @returns the rows for each read; `null` where the file has no such ordinary table.
 * @throws {SessionFormatError} where the file is broken, or does not answer within the bounds.
 * @throws {ThreadError} `busy`
 */
export async function readTables(bytes: Uint8Array, reads: readonly TableRead[]): Promise<(Rows | null)[]> {
  // A copy that moves to the thread: the caller keeps its own.
  const copy = new Uint8Array(bytes);
  let answer: Answer;
  try {
    answer = await threads.run({ bytes: copy, reads }, [copy.buffer]);
  } catch (error) {
    if (error instanceof ThreadError && (error.failure === 'timeout' || error.failure === 'memory'))
      throw new SessionFormatError(
        'is a SQLite file that takes more time or memory to read than a session file can need',
        { cause: error },
      );
    throw error;
  }
  if ('error' in answer)
    throw new SessionFormatError('is a SQLite file that is broken, cut or encrypted', {
      cause: answer.error,
    });
  return answer.tables;
}
