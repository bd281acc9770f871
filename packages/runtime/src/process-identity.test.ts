import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { livenessOf, PROCESS_IDENTITY } from './process-identity.ts';

const SAY_IDENTITY = `
import { PROCESS_IDENTITY } from ${JSON.stringify(new URL('./process-identity.ts', import.meta.url).href)};
process.stdout.write(PROCESS_IDENTITY);
setInterval(() => {}, 1000);
`;

// Only Linux reports when a process started.
describe.runIf(process.platform === 'linux')('the identity of a process', () => {
  test('shows that it is alive, and after its end that it is gone', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', SAY_IDENTITY],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        cwd: new URL('.', import.meta.url),
      },
    );
    const [identity] = await once(child.stdout, 'data');
    expect(livenessOf(String(identity))).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(livenessOf(String(identity))).toBe('gone');
  });

  test('differs from that of a later process with the same pid', () => {
    const [place, pid] = PROCESS_IDENTITY.split('-');
    expect(livenessOf(PROCESS_IDENTITY)).toBe('alive');
    expect(livenessOf(`${place}-${pid}-1`)).toBe('gone');
  });

  test('is unknown if it is from another machine, or invalid', () => {
    const [, pid, start] = PROCESS_IDENTITY.split('-');
    for (const identity of [`elsewhere-${pid}-${start}`, '', 'x', `-${pid}-`, 'a-b-c']) {
      expect(livenessOf(identity), identity).toBe('unknown');
    }
  });
});
