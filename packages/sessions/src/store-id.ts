import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * An id of the directory with the sessions, so that workers can tell whether they share it. Created once; copied with
 * the directory.
 * @throws {Error} if the directory cannot be used.
 */
export async function fileStoreId(dataDir: string): Promise<string> {
  const file = join(dataDir, 'session_store_id');
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await makeOnce(file);
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${file} cannot be used: ${why}. Make DATA_DIR writable, or move that file away.`, {
      cause: error,
    });
  }
}

async function makeOnce(file: string): Promise<void> {
  try {
    await writeFile(file, randomBytes(8).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
