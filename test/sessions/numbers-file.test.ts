import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NumbersFile } from '@gateway/sessions';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canMount, SmallDisk } from '../env/small-disk.ts';

const LIMIT = 1_000;

describe.skipIf(!canMount)(
  'event numbers on a disk that fails (skipped where this process may not mount one)',
  () => {
    let disk: SmallDisk;
    let failures: unknown[];
    beforeEach(() => {
      disk = new SmallDisk();
      failures = [];
    });
    afterEach(() => {
      disk.remount('rw');
      disk.close();
    });
    const open = () =>
      new NumbersFile({
        dataDir: disk.dataDir,
        shard: 3,
        mayWrite: () => true,
        onFailed: (error) => failures.push(error),
      });
    const write = (file: NumbersFile, seq: number, userId = 'alice') =>
      file.write(userId, { given: seq, upTo: seq, limits: [LIMIT, LIMIT] });
    const files = () => readdirSync(join(disk.dataDir, 'event_numbers'));

    test('leave no file that is behind once the disk is full, and go on in memory', async () => {
      const first = open();
      write(first, 105);
      await first.close();
      disk.fill();
      const second = open();
      expect(failures).toEqual([expect.objectContaining({ code: 'ENOSPC' })]);
      expect(files()).toEqual([]);
      write(second, 106);
      expect(second.read('alice', LIMIT)).toEqual({ given: 106, upTo: 106 });
      await second.close();
      disk.free();
      expect(open().read('alice', LIMIT)).toEqual({ given: 0, upTo: LIMIT });
    });

    test('do so if the disk becomes full later', async () => {
      const file = open();
      write(file, 105);
      disk.fill();
      for (let account = 1; failures.length === 0; account += 1) write(file, account, `account-${account}`);
      expect(files()).toEqual([]);
      write(file, 106);
      await file.close();
    });

    test('are refused where a file that is behind cannot be removed', async () => {
      const first = open();
      write(first, 105);
      await first.close();
      disk.remount('ro');
      const second = open();
      expect(() => write(second, 106)).toThrow('cannot be written');
      disk.remount('rw');
      expect(open().read('alice', LIMIT)).toEqual({ given: 105, upTo: 105 });
    });
  },
);
