import type { AuthKeyRecord, AuthKeyStore } from '../../types.ts';

/** Auth keys in memory. */
export class MemoryKeys implements AuthKeyStore {
  readonly records = new Map<string, AuthKeyRecord>();

  get(id: string): AuthKeyRecord | undefined {
    return this.records.get(id);
  }

  async put(record: AuthKeyRecord): Promise<void> {
    this.records.set(record.id, record);
  }

  async delete(id: string): Promise<void> {
    this.records.delete(id);
  }
}
