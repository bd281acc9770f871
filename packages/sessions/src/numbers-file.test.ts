import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BOOT_ID } from '@gateway/runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NumbersFile } from './numbers-file.ts';

/** No test makes the disk fail. */
function raise(error: unknown): never {
  throw error;
}

describe('The file with the event numbers of a shard', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gateway-numbers-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });
  const open = (mayWrite = () => true, shard = 3) =>
    new NumbersFile({ dataDir, shard, mayWrite, onFailed: raise });
  const numbers = (given: number, upTo = given, limit = 1_000) => ({
    given,
    upTo,
    limits: [limit, limit] as [number, number],
  });
  const files = () => readdirSync(join(dataDir, 'event_numbers'));
  /** Makes the only file one that was written before the machine was switched on. */
  const reboot = () => {
    const file = join(dataDir, 'event_numbers', files()[0] ?? '');
    const boot = BOOT_ID?.slice(0, 8) ?? '';
    writeFileSync(file, readFileSync(file, 'utf8').replace(boot, 'another '));
  };

  test('tells the next owner what a killed one has given, each account by itself', () => {
    const former = open();
    former.write('alice', numbers(1));
    former.write('bob@example.com', numbers(7, 9));
    former.write('alice', numbers(105));
    const next = open();
    expect(next.read('alice', 1_000)).toEqual({ given: 105, upTo: 105 });
    expect(next.read('bob@example.com', 1_000)).toEqual({ given: 7, upTo: 9 });
    expect(next.read('carol', 1_000)).toEqual({ given: 0, upTo: 1_000 });
    expect(open(undefined, 30).read('alice', 1_000)).toEqual({ given: 0, upTo: 1_000 });
    expect(files().filter((name) => name.startsWith('3.'))).toHaveLength(1);
  });

  test('does not read what a former owner writes late', () => {
    const former = open();
    former.write('alice', numbers(105));
    const owner = open();
    owner.write('alice', numbers(205));
    former.write('alice', numbers(106));
    expect(open().read('alice', 1_000)).toEqual({ given: 205, upTo: 205 });
  });

  test('keeps the greatest numbers where a former owner has opened its file late', () => {
    open().write('alice', numbers(205));
    const late = files()[0] ?? '';
    const content = readFileSync(join(dataDir, 'event_numbers', late));
    open().write('alice', numbers(300));
    writeFileSync(join(dataDir, 'event_numbers', late), content);
    expect(open().read('alice', 1_000)).toEqual({ given: 300, upTo: 300 });
  });

  test('knows no upper bound after a power cut, and still that numbers were given', () => {
    open().write('alice', numbers(105));
    reboot();
    expect(open().read('alice', 1_000)).toEqual({ given: 105, upTo: 1_000 });
    const next = open();
    expect(next.read('alice', 1_000)).toEqual({ given: 105, upTo: 1_000 });
    next.write('alice', numbers(1_001, 1_001, 2_000));
    expect(open().read('alice', 2_000)).toEqual({ given: 1_001, upTo: 1_001 });
  });

  test('knows it after a reboot if it was closed', async () => {
    const former = open();
    former.write('alice', numbers(105));
    await former.close();
    expect(() => former.write('alice', numbers(106))).toThrow('no longer owns');
    reboot();
    expect(open().read('alice', 1_000)).toEqual({ given: 105, upTo: 105 });
  });

  test('knows no upper bound if the limit has changed since: an older version has given numbers', () => {
    open().write('alice', { given: 105, upTo: 105, limits: [1_000, 105] });
    expect(open().read('alice', 1_000).upTo).toBe(105);
    expect(open().read('alice', 105).upTo).toBe(105);
    expect(open().read('alice', 11_000).upTo).toBe(11_000);
    expect(open().read('alice', 0).upTo).toBe(105);
  });

  test('ignores a part that a power cut has left empty', () => {
    const former = open();
    former.write('alice', numbers(105));
    former.write('bob', numbers(7));
    const file = join(dataDir, 'event_numbers', files()[0] ?? '');
    const content = readFileSync(file);
    content.fill(0, 256, 512);
    writeFileSync(file, content);
    const next = open();
    expect(next.read('alice', 1_000)).toEqual({ given: 0, upTo: 1_000 });
    expect(next.read('bob', 1_000)).toEqual({ given: 7, upTo: 7 });
  });

  test('leaves the files alone once another worker may own the shard', () => {
    open().write('alice', numbers(105));
    const before = files();
    expect(() => open(() => false)).toThrow('no longer owns');
    let asked = 0;
    expect(() => open(() => (asked += 1) < 2)).toThrow('no longer owns');
    expect(files()).toEqual(expect.arrayContaining(before));
    expect(open().read('alice', 1_000).upTo).toBe(105);
  });
});
