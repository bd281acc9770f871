import { expect, test } from 'vitest';
import { isBackup, openBackup, sealBackup } from './backup.ts';
import { IVAN } from './testing/accounts.ts';

const BACKUP = { user_id: 'alice', session: 'v1.2.KEY', user: IVAN, made_at: '2026-01-01T00:00:00.000Z' };

test('opens a backup with its passphrase only, in any Unicode form, and shows no content without it', async () => {
  const text = await sealBackup(BACKUP, 'caf\u00e9 au lait');
  expect(isBackup(text)).toBe(true);
  expect(await openBackup(text, 'cafe\u0301 au lait')).toEqual(BACKUP);
  expect(await openBackup(text, 'another passphrase')).toBeNull();
  const shown = Buffer.from(text.slice(5), 'base64url').toString('latin1');
  for (const secret of ['alice', 'KEY', String(IVAN.id)]) expect(shown).not.toContain(secret);
  expect(await sealBackup(BACKUP, 'caf\u00e9 au lait')).not.toBe(text);
});

test('refuses a backup that was changed or cut off', async () => {
  const text = await sealBackup(BACKUP, 'a passphrase');
  const changed = text.slice(0, -5) + (text.at(-5) === 'A' ? 'B' : 'A') + text.slice(-4);
  for (const bad of [changed, text.slice(0, 60), text.slice(0, 30), 'tgb1.'])
    expect(await openBackup(bad, 'a passphrase')).toBeNull();
});
