import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { docBlocks } from '../env/doc-blocks.ts';
import { paste, type Pasted } from '../env/pasting.ts';
import { canUsePythonPackages, installPythonClient, type PythonUser } from '../env/python.ts';
import { Stack } from '../env/stack.ts';

/** The numbers of the README. */
const ALICE = '+9996621111';
const BOB = '+9996622222';

/** Python compiles the package when a program uses it first. */
const PATIENT = { timeout: 60_000 };

describe.skipIf(!canUsePythonPackages())(
  'The Python client, installed from its wheel (skipped without Python 3.11, venv, pip and an index of packages)',
  () => {
    let directory: string;
    let stack: Stack;
    let user: PythonUser;
    let restarter: Server;
    let alice: number;
    let bob: number;
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'gateway-python-'));
      const installing = installPythonClient(directory);
      installing.catch(() => {});
      stack = await Stack.start({ SEND_PACE: 'off' });
      [alice, bob] = [await stack.signIn('alice', ALICE), await stack.signIn('bob', BOB)];
      for (const user_id of ['alice', 'bob'])
        await stack.api.post('/telegram/user/receive', { user_id, enabled: true });
      restarter = createServer((_, response) => void restartApi().then(() => response.end()));
      await new Promise<void>((resolve) => restarter.listen(0, '127.0.0.1', resolve));
      user = await installing;
      // Takes 20 s, and minutes on a busy machine.
    }, 600_000);
    afterAll(async () => {
      restarter?.close();
      await stack?.[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    });

    const restartApi = async () => {
      await stack.apiProcess.end();
      await stack.startApi();
    };
    const restartUrl = () => {
      const at = restarter.address();
      return `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`;
    };
    const answers = async () =>
      (await stack.control.messages({ from: alice, to: bob }))
        .map(({ text }) => text)
        .filter((text) => text.startsWith('You wrote'));

    /** Waits while the bot runs. @throws {Error} with what the bot and the worker have written, if that is in vain. */
    const whileRuns = async (bot: Pasted, waiting: Promise<void>) => {
      const ended = bot.ended.then(() => Promise.reject(new Error('the bot has ended')));
      try {
        await Promise.race([waiting, ended]);
      } catch (error) {
        const written = [bot.output(), bot.errors(), stack.worker.output.slice(-10_000)];
        throw new Error(written.join('\n'), { cause: error });
      }
    };

    test("has types with which mypy checks a user's program, the tests and its own code strictly", async () => {
      await user.python(['-m', 'mypy', '--strict', '.']);
      const own = ['_async', '_sync'].flatMap((name) => ['-p', `telegram_gateway_client.${name}`]);
      await user.python(['-m', 'mypy', '--strict', ...own]);
    }, 300_000);

    test('sends, waits, repeats, transfers files and receives: its own tests pass against a gateway', async () => {
      const { controlUrl } = await stack.sandbox.ready;
      const output = await user.python(['-m', 'pytest', '-q'], {
        GATEWAY_URL: stack.api.url,
        SANDBOX_URL: String(controlUrl),
        RESTART_URL: restartUrl(),
        BOB,
      });
      expect(output).toMatch(/\d+ passed/);
    }, 300_000);

    test('carries the bot of the recipes, which answers each message once, also after it was away', async () => {
      const [code = ''] = docBlocks('docs/recipes.md', 'A bot in Python', 'python');
      const [, start = '', write = ''] = docBlocks('docs/recipes.md', 'A bot in Python', 'sh');
      await writeFile(join(user.directory, 'bot.py'), code);
      const options = { cwd: user.directory, env: user.env };
      const first = await paste(stack, start, options);
      onTestFinished(first.kill);
      await whileRuns(first, expect.poll(first.output, PATIENT).toContain('waiting for messages'));
      await (
        await paste(stack, write)
      ).ended;
      await whileRuns(first, expect.poll(answers, PATIENT).toContain('You wrote: Are you there?'));
      await whileRuns(first, expect.poll(first.output, PATIENT).toContain('answered '));
      await first.kill();
      await stack.control.write({ from: bob, to: alice, text: 'while you were away' });
      const second = await paste(stack, start, options);
      onTestFinished(second.kill);
      await whileRuns(second, expect.poll(answers, PATIENT).toContain('You wrote: while you were away'));
      await second.kill();
      expect(await answers()).toEqual(['You wrote: Are you there?', 'You wrote: while you were away']);
    }, 300_000);
  },
);
