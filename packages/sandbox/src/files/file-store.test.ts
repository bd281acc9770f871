import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileStore } from './file-store.ts';

const NAME = { accountId: 1, fileId: 1n };

describe('the file store', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'file-store-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  function stored(files: FileStore, fileId: bigint, bytes: Buffer): string {
    files.savePart({ ...NAME, fileId }, 0, bytes, undefined);
    return files.storeUpload({ ...NAME, fileId }, 1).sha256;
  }

  test('keeps the files of the state over a restart, and deletes others and unfinished uploads', () => {
    const first = new FileStore(directory);
    const wanted = stored(first, 1n, Buffer.from('wanted'));
    stored(first, 2n, Buffer.from('not wanted'));
    first.savePart({ ...NAME, fileId: 3n }, 0, Buffer.from('unfinished'), undefined);
    // The process is killed: nothing is closed.
    const second = new FileStore(directory, (sha256) => sha256 === wanted);
    expect(second.read(wanted, 0, 100)).toEqual(Buffer.from('wanted'));
    expect(readdirSync(join(directory, 'stored'))).toEqual([wanted]);
    expect(readdirSync(join(directory, 'uploads'))).toEqual([]);
    expect(() => second.storeUpload({ ...NAME, fileId: 3n }, 1)).toThrow('FILE_PART_0_MISSING');
    first.close();
    second.close();
  });

  test('deletes the files that were stored first when all are too large together', () => {
    const files = new FileStore(directory, undefined, 10);
    const hashes = ['12345', '67890', 'abc'].map((text, index) =>
      stored(files, BigInt(index), Buffer.from(text)),
    );
    expect(hashes.map((sha256) => files.read(sha256, 0, 9)?.toString())).toEqual([undefined, '67890', 'abc']);
    expect(readdirSync(join(directory, 'stored')).toSorted()).toEqual(hashes.slice(1).toSorted());
    files.close();
  });

  test('deletes the oldest unfinished upload when there are too many', () => {
    const files = new FileStore(directory);
    for (let fileId = 0n; fileId <= 256n; fileId += 1n)
      files.savePart({ ...NAME, fileId }, 0, Buffer.from('x'), undefined);
    expect(readdirSync(join(directory, 'uploads'))).toHaveLength(256);
    expect(() => files.storeUpload({ ...NAME, fileId: 0n }, 1)).toThrow('FILE_PART_0_MISSING');
    files.close();
  });

  test('deletes the oldest unfinished upload when all are too large together', () => {
    const files = new FileStore(directory, undefined, 10);
    for (const [fileId, text] of [
      [1n, '12345'],
      [2n, '67890'],
      [3n, 'abc'],
    ] as const)
      files.savePart({ ...NAME, fileId }, 0, Buffer.from(text), undefined);
    expect(readdirSync(join(directory, 'uploads'))).toEqual(['1.2', '1.3']);
    files.close();
  });

  test('lets a client use an upload twice, and removes temporary files at the end', () => {
    const files = new FileStore();
    files.savePart(NAME, 0, Buffer.from('x'), undefined);
    const first = files.storeUpload(NAME, 1);
    expect(files.storeUpload(NAME, 1)).toMatchObject(first);
    files.close();
    expect(files.read(first.sha256, 0, 1)).toBeUndefined();
  });
});
