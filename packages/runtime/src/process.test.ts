import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

/** More lines than the pipe to their reader can hold, so that most are still unwritten when the process ends. */
const LINES = 3_000;

/** Runs a process that logs its lines and then does `end`. @returns its exit code, and the messages of its log. */
async function run(end: string): Promise<{ code: unknown; messages: string[] }> {
  const script = `
    const { runProcess } = await import('./packages/runtime/src/process.ts');
    await runProcess('x', async (_settings, logger) => {
      const work = () => {
        for (let line = 0; line < ${LINES}; line += 1) logger.info({ pad: 'x'.repeat(100) }, 'line ' + line);
      };
      ${end}
      return { ready: {}, close: async () => {} };
    });`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'debug' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const messages = output
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: string }).msg);
  return { code, messages };
}

const lines = Array.from({ length: LINES }, (_, line) => `line ${line}`);

test.each([
  [
    'an uncaught exception',
    `setImmediate(() => { work(); throw new Error('bug'); });`,
    1,
    ['uncaught exception', 'stopping', 'stopped'],
  ],
  [
    'a rejection',
    `setImmediate(() => { work(); Promise.reject(new Error('bug')); });`,
    1,
    ['unhandled rejection', 'stopping', 'stopped'],
  ],
  ['a signal', `setImmediate(() => { work(); process.kill(process.pid); });`, 0, ['stopping', 'stopped']],
  [
    'a signal while it starts',
    `work(); process.kill(process.pid); await new Promise(() => {});`,
    0,
    ['stopping'],
  ],
  ['a start that fails', `work(); throw new Error('no Redis');`, 1, ['cannot start']],
])('the log of a process that ends by %s is whole', async (_why, end, code, last) => {
  expect(await run(end)).toEqual({ code, messages: [...lines, ...last] });
});
