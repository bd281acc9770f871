import { loadSealingKey } from '@gateway/runtime';
import { openFileSessionStore } from '@gateway/sessions';
import type { SandboxControl } from '../env/sandbox-control.ts';

/** Accounts that are signed in at the same time. */
const CONCURRENT = 50;

export interface BenchAccount {
  id: number;
  dc: number;
  /** base64url */
  authKey: string;
}

/**
 * Creates accounts that are already signed in, before any worker starts: a thousand key exchanges would take minutes.
 * @returns the sandbox's data of each account, by user_id.
 */
export async function makeAccounts(
  control: SandboxControl,
  dataDir: string,
  count: number,
): Promise<Map<string, BenchAccount>> {
  const store = await openFileSessionStore({ dataDir, sealer: loadSealingKey({ dataDir }).sealer });
  const made = new Map<string, BenchAccount>();
  const names = Array.from({ length: count }, (_, index) => `account-${String(index).padStart(4, '0')}`);
  for (let at = 0; at < count; at += CONCURRENT) {
    await Promise.all(
      names.slice(at, at + CONCURRENT).map(async (userId, offset) => {
        const phone = `+999662${String(at + offset).padStart(4, '0')}`;
        const { id, dc, auth_key } = await control.createSession(phone);
        const user = { id, first_name: 'Test', last_name: null, username: null, phone_number: phone };
        await store.saveSession(userId, `v1.${dc}.${auth_key}`, user);
        made.set(userId, { id, dc, authKey: auth_key });
      }),
    );
  }
  await store.close();
  return made;
}
