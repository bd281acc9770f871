import { createHmac } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Receiver } from '@gateway/webhooks/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/lib/ports.mjs';
import { commandLines, docBlocks } from '../env/doc-blocks.ts';
import { evaluate, type Workflow } from '../env/n8n-expressions.ts';
import { paste } from '../env/pasting.ts';
import { Stack } from '../env/stack.ts';

/** README and recipes, run as a reader pastes them, in the order in which they stand. */
describe('Documented commands, as pasted', () => {
  let stack: Stack;
  let directory: string;
  beforeAll(async () => {
    stack = await Stack.start({ WEBHOOK_ALLOW_PRIVATE: 'true', SEND_PACE: 'off' });
    directory = join(stack.dataDir, 'pasted');
    await mkdir(directory);
  });
  // The last command of the README's beginning has Alice's next send hit a flood wait.
  beforeEach(() => stack.control.clearFaults());
  afterAll(() => stack[Symbol.asyncDispose]());

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
});
