import { randomBytes, scryptSync } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { findSealedData } from './sealed-data.ts';
import { MASTER_KEY_BYTES, Sealer } from './sealing.ts';

const KEY_FILE = 'session_encryption.key';

/**
 * How a passphrase becomes a key: scrypt with this fixed salt, 32 MiB and somewhat under 100 ms. The salt is fixed
 * because the passphrase's owner would have to carry a random one along. Changing the salt or the cost turns every
 * passphrase into another key.
 */
const SCRYPT_SALT = 'unofficial-telegram-user-gateway/session-encryption-key/v1';
const SCRYPT_COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const MIN_PASSPHRASE_LENGTH = 16;

interface SealingKeyOptions {
  /** Directory of the key file; created (0700) if missing. */
  dataDir: string;
  /** SESSION_ENCRYPTION_KEY. */
  key?: string | undefined;
  /** SESSION_ENCRYPTION_KEY_PREVIOUS: opens older data, never seals. */
  previous?: string | undefined;
}

export interface SealingKey {
  sealer: Sealer;
  source: 'environment' | 'file';
  /** This call created the key file. Tell the operator its path once, so that somebody keeps a copy. */
  created: boolean;
  /** Path of the key file, if the key comes from there. */
  file?: string;
}

/** No usable key. The message is for an operator and shows no key. */
export class SealingKeyError extends Error {
  override readonly name = 'SealingKeyError';
}

/**
 * Returns the key that seals everything at rest: `key` if given, else the one in `DATA_DIR/session_encryption.key`.
 * Creates that file if there is none and nothing is sealed yet; processes that start at the same moment agree on one
 * file. A key file still opens what it sealed when `key` is the source, so setting `key` later loses nothing. Blocks
 * for about 100 ms per passphrase.
 *
 * A key is 32 bytes in hex, base64 or base64url; anything else of at least 16 characters is a passphrase.
 *
 * @throws {SealingKeyError} for a key that is too short, for a key file that cannot be read or created (it is never
 * overwritten), and for a missing key file beside sealed data, which a new key could not open.
 */
export function loadSealingKey(options: SealingKeyOptions): SealingKey {
  const found = findSealingKey(options);
  if (found !== null) return found;
  const { dataDir } = options;
  const file = join(dataDir, KEY_FILE);
  refuseNewKey(dataDir, file);
  const created = createKeyFile(dataDir, file);
  const made = findSealingKey(options);
  if (made === null) throw new SealingKeyError(`the key file ${file} was removed while it was read`);
  return { ...made, created };
}

/** Like {@link loadSealingKey}, but creates nothing: `null` if there is no key. @throws {SealingKeyError} */
export function findSealingKey({ dataDir, key, previous }: SealingKeyOptions): SealingKey | null {
  const file = join(dataDir, KEY_FILE);
  const older = previous === undefined ? [] : [parseKey('SESSION_ENCRYPTION_KEY_PREVIOUS', previous)];
  const kept = readKeyFile(file);
  if (key !== undefined) {
    const current = parseKey('SESSION_ENCRYPTION_KEY', key);
    const opening = kept === null ? older : [...older, kept];
    return { sealer: new Sealer([current, ...opening]), source: 'environment', created: false };
  }
  if (kept === null) return null;
  return { sealer: new Sealer([kept, ...older]), source: 'file', created: false, file };
}

function parseKey(setting: string, text: string): Uint8Array {
  const raw = parseRawKey(text);
  if (raw !== null) return raw;
  if (text.length < MIN_PASSPHRASE_LENGTH) {
    throw new SealingKeyError(
      `${setting} must be at least ${MIN_PASSPHRASE_LENGTH} characters; 32 random bytes in base64 are best`,
    );
  }
  return scryptSync(text.normalize('NFKC'), SCRYPT_SALT, MASTER_KEY_BYTES, SCRYPT_COST);
}

/** Parses 32 bytes in hex, base64 or base64url; `null` for anything else. */
function parseRawKey(text: string): Uint8Array | null {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  if (!/^(?:[A-Za-z0-9+/]{43}|[A-Za-z0-9_-]{43})=?$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  // The last of 43 characters carries two spare bits. If they are set, the text is not an encoding of 32 bytes.
  const canonical =
    bytes.toString('base64url') === text.replaceAll('+', '-').replaceAll('/', '_').replace('=', '');
  return canonical ? bytes : null;
}

/** @param isSecond whether it was there after a first look had not found it: another process creates it just now. */
function readKeyFile(file: string, isSecond = false): Uint8Array | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const isMissing = errorCode(error) === 'ENOENT';
    if (isMissing && !isThere(file)) return null;
    if (isMissing && !isSecond) return readKeyFile(file, true);
    throw new SealingKeyError(`the key file ${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const key = parseRawKey(text);
  if (key === null) {
    const action = 'restore the right file from your backup; without it the sealed accounts cannot be opened';
    throw new SealingKeyError(`the key file ${file} does not hold 32 bytes in base64: ${action}`);
  }
  return key;
}

/** @throws {SealingKeyError} if there is sealed data but not its key. */
function refuseNewKey(dataDir: string, file: string): void {
  const sealed = findSealedData(dataDir);
  // Another process may have created the key and sealed data with it just now.
  if (sealed === null || readKeyFile(file) !== null) return;
  throw new SealingKeyError(
    `the key file ${file} is missing, and ${sealed} was sealed with it: restore the file from your backup, ` +
      'or set SESSION_ENCRYPTION_KEY to that key. A new key is not created, because it could not open the accounts. ' +
      'To give the accounts up and start again, move telegram_sessions and telegram_auth.json out of DATA_DIR',
  );
}

/** Creates the key file atomically. `false`: another process was first, and its key is used. */
function createKeyFile(dataDir: string, file: string): boolean {
  const temporary = `${file}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const content = `${randomBytes(MASTER_KEY_BYTES).toString('base64')}\n`;
    writeFileSync(temporary, content, { mode: 0o600, flag: 'wx', flush: true });
    linkSync(temporary, file);
    syncDirectory(dataDir);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    const action = 'make DATA_DIR writable, or set SESSION_ENCRYPTION_KEY';
    throw new SealingKeyError(`the key file ${file} cannot be created: ${messageOf(error)}; ${action}`, {
      cause: error,
    });
  } finally {
    removeIfThere(temporary);
  }
}

/** Ignores errors: on a read-only disk even removing a missing file fails, and that must not hide the first error. */
function removeIfThere(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}

/** Whether the path exists, even as a broken link. */
function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
