import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/telegram-gateway.mjs', import.meta.url));

const run = promisify(execFile);
// The completion library writes to the process's own output.
const cli = async (args: string[], env: Record<string, string> = {}) =>
  (await run(process.execPath, [BIN, ...args], { env })).stdout;

test('completion prints a script that bash accepts, and that asks this program', async () => {
  const script = await cli(['completion', 'bash']);
  expect(script).toContain('telegram-gateway complete --');
  await run('bash', ['-n', '-c', script]);
});

test.each(['zsh', 'fish'])('completion prints a script for %s', async (shell) => {
  expect(await cli(['completion', shell])).toContain('telegram-gateway');
});

test('commands and options are completed, with their descriptions in the language of the terminal', async () => {
  expect(await cli(['complete', '--', 'jobs', 're'])).toContain('retry\tretry a failed job');
  expect(await cli(['complete', '--', 'send', '--par'], { LANG: 'ru_RU.UTF-8' })).toContain(
    '--parse-mode\tmarkdown, markdown_lenient (текст модели) или html',
  );
});
