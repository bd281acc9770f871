import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { holderName, isHolderGone } from './holder.ts';

describe('the name of a lease holder', () => {
  test('is known to be gone once its process has ended, and not before', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const name = holderName(child.pid);
    expect(isHolderGone(name)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(isHolderGone(name)).toBe(true);
  });

  test('of this very process is gone: it holds nothing when it asks', () => {
    expect(isHolderGone(holderName())).toBe(true);
  });

  test('says nothing where it is of another machine, or unreadable', () => {
    const [, ...rest] = holderName(1).split(' ');
    expect(isHolderGone(['elsewhere', ...rest].join(' '))).toBe(false);
    expect(isHolderGone('')).toBe(false);
    expect(isHolderGone('host - - 99999999 -')).toBe(false);
  });
});
