import type { AuthKeyRecord, AuthKeyStore } from '../types.ts';
import type { Store } from './store.ts';

/** Stores auth keys in the state. Deleting a key also deletes its sign-in. */
export class JournalledAuthKeys implements AuthKeyStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get(id: string): AuthKeyRecord | undefined {
    const stored = this.#store.state.authKeys.get(id);
    if (stored === undefined) return undefined;
    const { key, salt, ...rest } = stored;
    return { ...rest, key: Buffer.from(key, 'hex'), salt: Buffer.from(salt, 'hex') };
  }

  async put({ key, salt, ...rest }: AuthKeyRecord): Promise<void> {
    this.#store.commit({ type: 'auth_key_stored', key: { ...rest, key: hex(key), salt: hex(salt) } });
  }

  async delete(id: string): Promise<void> {
    this.#store.commit({ type: 'auth_key_dropped', id }, { type: 'signed_out', authKeyId: id });
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
