import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real file system of 2 MiB that a test can fill, or make read-only. */
export class SmallDisk {
  readonly path = mkdtempSync(join(tmpdir(), 'gateway-disk-'));
  /** The product's directory on it. */
  readonly dataDir = join(this.path, 'data');

  constructor() {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'none', this.path], { stdio: 'pipe' });
    } catch (error) {
      rmSync(this.path, { recursive: true });
      throw error;
    }
    mkdirSync(this.dataDir);
  }

  /** Fills the disk to the last byte. */
  fill(): void {
    const file = openSync(join(this.path, 'filler'), 'a');
    try {
      for (const size of [65_536, 4_096, 1]) fillWith(file, Buffer.alloc(size));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  /** Deletes the file that {@link fill} wrote. */
  free(): void {
    rmSync(join(this.path, 'filler'), { force: true });
  }

  remount(mode: 'ro' | 'rw'): void {
    execFileSync('mount', ['-o', `remount,${mode}`, this.path], { stdio: 'pipe' });
  }

  close(): void {
    execFileSync('umount', ['-l', this.path], { stdio: 'pipe' });
    rmSync(this.path, { recursive: true, force: true });
  }
}

function fillWith(file: number, block: Buffer): void {
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}

/** Whether this process may mount a file system: root on Linux, if the container permits it. */
export const canMount = (() => {
  try {
    new SmallDisk().close();
    return true;
  } catch {
    return false;
  }
})();
