import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'watch-npm-'));
  const source = JSON.stringify(new URL('./watch-npm.ts', import.meta.url).href);
  writeFileSync(
    join(folder, 'part.mjs'),
    `import { watchNpm } from ${source};
setInterval(() => {}, 1_000);
watchNpm(() => {
  process.stdout.write('npm has ended');
  process.exit();
});
process.stdout.write('runs');`,
  );
  // Like npm: a shell runs the script's command and is replaced by it.
  writeFileSync(
    join(folder, 'npm.mjs'),
    `import { spawn } from 'node:child_process';
const env = { ...process.env, npm_lifecycle_script: 'node part.mjs' };
spawn(process.execPath, ['--import', 'tsx', process.argv[2]], { stdio: 'inherit', env });
setInterval(() => {}, 1_000);`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(['SIGHUP', 'SIGTERM', 'SIGKILL'] as const)(
  'when %s ends npm, its script is notified',
  async (signal) => {
    const npm = spawn(process.execPath, [join(folder, 'npm.mjs'), join(folder, 'part.mjs')], {
      cwd: new URL('.', import.meta.url),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    npm.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await expect.poll(() => output, { timeout: 20_000 }).toBe('runs');
    npm.kill(signal);
    // Closes only after the script, which writes to the same pipe, has ended too.
    await once(npm, 'close');
    expect(output).toBe('runsnpm has ended');
  },
);
