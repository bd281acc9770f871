import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { userInfoSchema } from '@gateway/contracts';
import * as z from 'zod';

const PREFIX = 'tgb1.';
const SALT = 16;
const IV = 12;
const TAG = 16;
/** Each guess at a passphrase costs 32 MiB and about 100 ms. */
const COST: ScryptOptions = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 2 ** 20 };

const deriveKey = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

const backupSchema = z.object({
  /** The account that was backed up. It may be restored under another id. */
  user_id: z.string(),
  session: z.string(),
  user: userInfoSchema.nullable(),
  /** RFC 3339, UTC. */
  made_at: z.string(),
});
export type Backup = z.infer<typeof backupSchema>;

export function isBackup(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** A session as text, sealed with a passphrase (scrypt, AES-256-GCM), so that it can be stored anywhere. */
export async function sealBackup(backup: Backup, passphrase: string): Promise<string> {
  const salt = randomBytes(SALT);
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', await deriveKey(passphrase.normalize(), salt, 32, COST), iv);
  cipher.setAAD(Buffer.from(PREFIX));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(backup), 'utf8'), cipher.final()]);
  return PREFIX + Buffer.concat([salt, iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** @returns `null` if the passphrase is wrong or the text was changed. */
export async function openBackup(text: string, passphrase: string): Promise<Backup | null> {
  const bytes = Buffer.from(text.slice(PREFIX.length), 'base64url');
  if (bytes.length <= SALT + IV + TAG) return null;
  const [salt, iv, tag] = [
    bytes.subarray(0, SALT),
    bytes.subarray(SALT, SALT + IV),
    bytes.subarray(SALT + IV, SALT + IV + TAG),
  ];
  const key = await deriveKey(passphrase.normalize(), salt, 32, COST);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG });
  decipher.setAAD(Buffer.from(PREFIX));
  decipher.setAuthTag(tag);
  try {
    const opened = Buffer.concat([decipher.update(bytes.subarray(SALT + IV + TAG)), decipher.final()]);
    return backupSchema.parse(JSON.parse(opened.toString('utf8')));
  } catch {
    return null;
  }
}
