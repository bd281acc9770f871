import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files that a crash left half-written; they hold nothing that counts. */
const TEMPORARY = /~tmp$/;

/**
 * What in DATA_DIR is sealed already, as a path; `null`: nothing. What cannot be read counts as sealed.
 * The layout is that of `packages/sessions`, whose tests hold the two together.
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
