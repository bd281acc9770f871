import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { MediaName, MediaStore } from '../media-store.ts';

const KIB = 1024;

async function* pieces(bytes: Buffer, size = 100 * KIB): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function listed(store: MediaStore): Promise<MediaName[]> {
  const found: MediaName[] = [];
  for await (const { userId, id, storedAt } of store.list()) {
    expect(Math.abs(Date.now() - storedAt)).toBeLessThan(3_600_000);
    found.push({ userId, id });
  }
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** What each kind of store must do. @param open opens the same, empty store. */
export function mediaStoreTests(open: () => Promise<MediaStore>): void {
  test('a stored file is read from any offset, listed and deleted', async () => {
    const store = await open();
    const name = { userId: 'а/b@c', id: 'up_1' };
    const bytes = randomBytes(9 * KIB * KIB);
    await store.put(name, pieces(bytes));
    await store.put({ userId: 'other', id: 'up_2' }, pieces(Buffer.from('x')));
    expect(await store.read(name, 0, 10)).toEqual(bytes.subarray(0, 10));
    expect((await store.read(name, 512 * KIB, 512 * KIB)).equals(bytes.subarray(512 * KIB, 1024 * KIB))).toBe(
      true,
    );
    expect(await store.read(name, bytes.length - 5, 10)).toEqual(bytes.subarray(-5));
    expect(await listed(store)).toEqual([name, { userId: 'other', id: 'up_2' }]);
    for (const each of [name, name, { userId: 'other', id: 'up_2' }]) await store.delete(each);
    await expect(store.read(name, 0, 10)).rejects.toMatchObject({ failure: 'missing' });
    expect(await listed(store)).toEqual([]);
    store.close();
  });

  test('all files of an account are deleted, and no others', async () => {
    const store = await open();
    const other = { userId: 'alicia', id: 'up_1' };
    for (const name of [{ userId: 'alice', id: 'up_1' }, { userId: 'alice', id: 'd1-0' }, other])
      await store.put(name, pieces(Buffer.from('x')));
    for (let times = 0; times < 2; times += 1) await store.deleteAll('alice');
    expect(await listed(store)).toEqual([other]);
    await store.delete(other);
    store.close();
  });

  test('if the source fails, its error is thrown and nothing is stored', async () => {
    const store = await open();
    const fault = new Error('the caller hung up');
    async function* broken() {
      yield* pieces(randomBytes(9 * KIB * KIB));
      throw fault;
    }
    await expect(store.put({ userId: 'alice', id: 'up_3' }, broken())).rejects.toBe(fault);
    expect(await listed(store)).toEqual([]);
    await store.dropUnfinished(0);
    store.close();
  });
}
