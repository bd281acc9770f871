import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChatServer, reply } from '@gateway/assistant/testing';
import { sleep } from '@gateway/runtime';
import { Receiver } from '@gateway/webhooks/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/lib/ports.mjs';
import { THIS_CHECKOUT } from '../env/checkout.ts';
import { allDocBlocks, commandLines, docBlocks } from '../env/doc-blocks.ts';
import { evaluate, type Workflow } from '../env/n8n-expressions.ts';
import { paste } from '../env/pasting.ts';
import { PNG } from '../env/png.ts';
import { Reader } from '../env/reader.ts';
import { Stack } from '../env/stack.ts';
import { sessionsAtATerminal } from './pasted/sessions.ts';
import { severalWorkers } from './pasted/several-workers.ts';

/** Sections whose commands have tests of their own. */
const OWN_TEST = [
  'The first message, in five minutes',
  'A bot in Python',
  'A bridge to a CRM',
  'n8n',
  'Several workers',
];
/** Its commands ask at a terminal, so they have tests of their own, too. */
const ASKING = 'sessions.md';

/** Commands that are not run here, and why. */
const NOT_HERE: readonly (readonly [why: string, command: RegExp])[] = [
  ['starts or tests everything', /(^| )npm (start|test|run (worker|api))/],
  ['is for the processes of several machines', /^export REDIS_URL/],
  ['is run by the test of the deployment', /^(deploy\/(backup|restore)\.sh|cp |sed )/],
  [
    'needs a container engine, a cluster or systemd',
    /^(docker|kubectl|helm|systemctl|apt|useradd|git clone|npx|cd) /,
  ],
];

const PAGES = [
  'README.md',
  ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') && name !== ASKING ? [`docs/${name}`] : [])),
];

/** Signs webhooks. */
const SECRET = 'a secret for webhooks';

const { root: ROOT } = THIS_CHECKOUT;
const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;

/** The settings before the command that starts the gateway with a model, which is at `baseUrl` here. */
function assistantSettings(baseUrl: string): Record<string, string> {
  const lines = docBlocks('docs/recipes.md', 'The assistant', 'sh').flatMap(commandLines);
  const [start = ''] = lines.filter((line) => line.endsWith(' npm start'));
  const settings = Array.from(start.matchAll(/(ASSISTANT_\w+)='?([^' ]+)/g), ([, name = '', value = '']) => [
    name,
    value,
  ]);
  return { ...Object.fromEntries(settings), ASSISTANT_BASE_URL: baseUrl };
}

/** README and recipes, run as a reader pastes them, in the order in which they stand. */
describe('Documented commands, as pasted', () => {
  let stack: Stack;
  let directory: string;
  let model: ChatServer;
  beforeAll(async () => {
    model = await ChatServer.start(reply('Thank you, Bob!'));
    stack = await Stack.start({
      WEBHOOK_ALLOW_PRIVATE: 'true',
      WEBHOOK_SECRET: SECRET,
      ...assistantSettings(model.baseUrl),
    });
    directory = join(stack.dataDir, 'pasted');
    await mkdir(directory);
  });
  // The last command of the README's beginning has Alice's next send hit a flood wait.
  beforeEach(() => stack.control.clearFaults());
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
  });

  const run = async (line: string, options = {}) => (await paste(stack, line, options)).ended;
  const texts = async (from: number, to: number) =>
    (await stack.control.messages({ from, to })).map(({ text }) => text);
  /** Telegram's ids of the README's Alice and Bob. */
  const people = async () => {
    const { body } = await stack.api.get('/telegram/accounts');
    const idOf = (name: string): number =>
      body.accounts.find(({ user_id }: { user_id: string }) => user_id === name).user_info.id;
    return { alice: idOf('alice'), bob: idOf('bob') };
  };

  test('the first five minutes of the README: each command succeeds, and Alice receives what Bob writes', async () => {
    const blocks = docBlocks('README.md', 'The first message, in five minutes', 'sh');
    let jobId = '';
    let received = '';
    for (const line of blocks.flatMap(commandLines)) {
      const command = await paste(stack, line, { env: { JOB_ID: jobId } });
      if (/curl -N| tail /.test(line)) {
        onTestFinished(command.kill);
        await expect.poll(command.output, { timeout: 30_000, message: line }).toContain('Hi Alice!');
        await command.kill();
        continue;
      }
      const output = await command.ended;
      expect(output, line).toMatch(/[[{]/);
      expect(output, line).not.toContain('"status":"error"');
      jobId = /"job_id":"([^"]+)"/.exec(output)?.[1] ?? jobId;
      if (line.includes('/updates')) received = output;
    }
    expect(received).toContain('"text":"Hi Alice!"');
  }, 120_000);

  test('the bridge to a CRM takes each message once, and refuses a forged delivery', async () => {
    const { alice, bob } = await people();
    const [code = ''] = docBlocks('docs/recipes.md', 'A bridge to a CRM', 'js');
    const [start = '', use = ''] = docBlocks('docs/recipes.md', 'A bridge to a CRM', 'sh');
    await writeFile(join(directory, 'crm-bridge.mjs'), code);
    const port = String(await freePort());
    const bridge = await paste(stack, start, { cwd: directory, env: { PORT: port } });
    onTestFinished(bridge.kill);
    await expect.poll(bridge.output).toContain('listens');
    const [receive = '', create = '', write = '', show = ''] = commandLines(use);
    await run(receive);
    const webhook = JSON.parse(await run(create.replace('9100', port)));
    onTestFinished(async () => {
      await stack.api.request('DELETE', `/webhooks/${webhook.webhook_id}`, undefined, {});
    });
    await run(write);
    await expect.poll(() => texts(alice, bob)).toContain('Thank you, we will answer soon.');
    const entries = async () => (await run(show, { cwd: directory })).trim().split('\n');
    expect((await entries()).map((line) => JSON.parse(line))).toMatchObject([
      { name: 'Bob', text: 'I have a question' },
    ]);

    const { events } = (await stack.api.get('/telegram/accounts/alice/updates?after=0')).body;
    const event = events.findLast(
      ({ message }: { message?: { text: string } }) => message?.text === 'I have a question',
    );
    const body = JSON.stringify(event);
    const deliver = async (secret: string) => {
      const time = Math.floor(Date.now() / 1_000);
      const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
      const headers = { 'X-Event-Id': event.event_id, 'X-Signature-V2': `t=${time},sha256=${signature}` };
      return (await fetch(`http://127.0.0.1:${port}/crm`, { method: 'POST', headers, body })).status;
    };
    expect(await deliver('a secret of the CRM')).toBe(204);
    expect(await deliver('another secret')).toBe(401);
    expect(await entries()).toHaveLength(1);
    expect((await texts(alice, bob)).filter((text) => text.startsWith('Thank you'))).toHaveLength(1);
  }, 60_000);

  test('the workflow for n8n: its expressions accept a real delivery, and its request sends the answer', async () => {
    const { alice, bob } = await people();
    const receiver = await Receiver.start();
    onTestFinished(() => receiver[Symbol.asyncDispose]());
    const [create = ''] = docBlocks('docs/recipes.md', 'n8n', 'sh');
    await run(create.replace('http://127.0.0.1:5678/webhook/telegram-events', receiver.url));
    await stack.control.write({ from: bob, to: alice, text: 'Hello, workflow: "1 < 2" é' });
    await expect.poll(() => receiver.received.length).toBe(1);
    const [delivery] = receiver.received;
    const workflow = JSON.parse(
      await readFile(new URL('../../docs/recipes/n8n-answer.json', import.meta.url), 'utf8'),
    ) as Workflow;
    const request = evaluate(workflow, {
      headers: delivery?.headers ?? {},
      body: JSON.parse(delivery?.body ?? ''),
    });
    const answer = await fetch(request.url.replace('http://127.0.0.1:3000', stack.api.url), request);
    expect(await answer.json()).toMatchObject({ status: 'ok' });
    expect(await texts(alice, bob)).toContain('You wrote: Hello, workflow: "1 < 2" é');
    const forged = { headers: delivery?.headers ?? {}, body: { type: 'message.new', user_id: 'alice' } };
    expect(() => evaluate(workflow, forged)).toThrow('does not pass');
  });

  test('the programs in TypeScript and JavaScript send, and print what happens', async () => {
    const { alice, bob } = await people();
    await mkdir(join(directory, 'node_modules', '@gateway'), { recursive: true });
    await symlink(join(ROOT, 'packages', 'client'), join(directory, 'node_modules', '@gateway', 'client'));
    const start = async (name: string, [code = '']: string[]) => {
      await writeFile(join(directory, name), code.replaceAll('http://127.0.0.1:3000', stack.api.url));
      const tsx = join(ROOT, 'node_modules', 'tsx', 'dist', 'loader.mjs');
      return paste(stack, `node --import ${tsx} ${name}`, { cwd: directory });
    };
    const recipe = await start('recipe.mts', docBlocks('docs/recipes.md', 'TypeScript', 'ts'));
    expect(await recipe.ended).toMatch(/^\d+\n$/);
    const fetching = await start('fetching.mjs', docBlocks('docs/recipes.md', 'TypeScript', 'js'));
    expect(await fetching.ended).toContain("status: 'ok'");
    const readme = await start(
      'readme.mts',
      allDocBlocks('README.md', 'ts').map(({ code }) => code),
    );
    onTestFinished(readme.kill);
    await expect
      .poll(
        async () => {
          await stack.control.write({ from: bob, to: alice, text: 'Are you reading?' });
          return readme.output();
        },
        { interval: 250 },
      )
      .toContain('Are you reading?');
    const sent = await texts(alice, bob);
    expect(sent).toEqual(expect.arrayContaining(['Hi', 'Your order is here.', 'Hello, Bob!']));
  }, 60_000);

  test.skipIf(!HAS_PYTHON)(
    'the receiver of webhooks in Python takes what is signed, and nothing else',
    async () => {
      const port = String(await freePort());
      const code = docBlocks('docs/recipes.md', 'Python', 'python').at(-1) ?? '';
      await writeFile(join(directory, 'receiver.py'), code.replace('9000', port));
      const env = { WEBHOOK_SECRET: SECRET };
      const receiver = await paste(stack, 'python3 -u receiver.py', { cwd: directory, env });
      onTestFinished(receiver.kill);
      const forge = async () =>
        (await fetch(`http://127.0.0.1:${port}/hook`, { method: 'POST', body: '{}' }).catch(() => null))
          ?.status;
      await expect.poll(forge).toBe(401);
      const [use = ''] = docBlocks('docs/recipes.md', 'Python', 'sh');
      const [send = '', list = ''] = commandLines(use);
      const { job_id } = JSON.parse(await run(send.replace('9000', port)));
      await expect.poll(receiver.output).toContain(`${job_id} completed`);
      await expect.poll(() => run(list)).toContain('"delivered"');
    },
    60_000,
  );

  describe('by a person at a terminal', () => sessionsAtATerminal(() => ({ stack, directory })));
  describe('for several workers', () => severalWorkers(() => ({ stack })));

  const toRun = PAGES.map((page) => ({
    page,
    lines: allDocBlocks(page, 'sh')
      .filter(({ heading }) => !OWN_TEST.includes(heading))
      .flatMap(({ code }) => commandLines(code))
      .filter((line) => NOT_HERE.every(([, command]) => !command.test(line))),
  })).filter(({ lines }) => lines.length > 0);

  test.each(toRun)(
    '$page: every other command succeeds',
    async ({ page, lines }) => {
      await using receiver = await Receiver.start();
      const { alice, bob } = await people();
      const cwd = join(directory, page.replace('/', '-'));
      await mkdir(cwd);
      for (const name of ['cat.jpg', '1.jpg', '2.jpg', '3.mp4']) await writeFile(join(cwd, name), PNG);
      onTestFinished(async () => {
        await stack.api.post('/telegram/user/pace', { user_id: 'alice', replies_only: false });
      });
      const reader = new Reader(stack, {
        cwd,
        happen: async () => {
          await stack.control.write({ from: bob, to: alice, text: 'Something happens' });
          await sleep(250);
        },
      });
      for (const line of lines) {
        const { output, exitCode } = await reader.run(line.replace('https://example.com/hook', receiver.url));
        const note = `${line}\n${output}`;
        expect(exitCode, note).toBeOneOf([0, null]);
        // A job that has ended by then can no longer be cancelled.
        if (!/DELETE/.test(line)) expect(output, note).not.toMatch(/^(data: )?\{"status":"error"/m);
      }
    },
    120_000,
  );
});
