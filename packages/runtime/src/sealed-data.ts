import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files that a crash left half-written. They hold nothing of value. */
const TEMPORARY = /~tmp$/;

/**
 * Path of something in DATA_DIR that is already sealed; `null` if nothing is. An unreadable file counts as sealed.
 * `packages/sessions` defines this layout, and its tests check that the two agree.
 */
export function findSealedData(dataDir: string): string | null {
  const sessions = join(dataDir, 'telegram_sessions');
  const file = namesIn(sessions).find((name) => !TEMPORARY.test(name));
  if (file !== undefined) return join(sessions, file);
  const authFile = join(dataDir, 'telegram_auth.json');
  return hasAccounts(authFile) ? authFile : null;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    return isMissing(error) ? [] : ['(unreadable)'];
  }
}

function hasAccounts(authFile: string): boolean {
  try {
    const content: unknown = JSON.parse(readFileSync(authFile, 'utf8'));
    const isEmpty =
      typeof content === 'object' &&
      content !== null &&
      'accounts' in content &&
      JSON.stringify(content.accounts) === '{}';
    return !isEmpty;
  } catch (error) {
    return !isMissing(error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
