import { readFileSync, statSync } from 'node:fs';

/** A key or a certificate takes some kilobytes at most, so a larger file cannot be one of them. */
const MAX_BYTES = 2 ** 20;

/**
 * Reads the text of a PEM file that a setting names.
 * @throws {Error} whose message continues the setting's name and shows none of the content.
 */
export function readPemFile(file: string): string {
  if (file.includes('-----BEGIN')) throw new Error('must be the name of a PEM file, not its content');
  try {
    const stats = statSync(file);
    if (!stats.isFile())
      throw new Error(stats.isDirectory() ? 'it is a directory' : 'it is not a regular file');
    if (stats.size > MAX_BYTES) throw new Error('it is too large for a PEM file');
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot be read: ${file} (${whyNot(error)})`, { cause: error });
  }
}

function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error ? String(error.code) : error.message;
}
