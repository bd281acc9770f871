import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Interrupted } from '../failure.ts';
import { FakeGateway, refusal, type FakeAnswer, type HeardCall } from '../testing/fake-gateway.ts';
import { runCli, type CliWorld } from '../testing/run-cli.ts';

const SEND = 'POST /telegram/user/send';
const READY = { 'GET /readyz': () => ({ body: { status: 'ok' } }) };
const line = (text: string) => JSON.stringify({ recipient_id: 'me', text });
const jobView = (id: string, fields: object) => ({
  body: {
    status: 'ok',
    job_id: id,
    state: 'completed',
    reason: null,
    retry_at: null,
    result: null,
    error: null,
    ...fields,
  },
});

let gateway: FakeGateway;
let directory: string;
beforeAll(async () => {
  gateway = await FakeGateway.start();
  directory = await mkdtemp(join(tmpdir(), 'gateway-batch-'));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function batch(lines: string[], args: string[] = [], world: Partial<CliWorld> = {}) {
  const file = join(directory, 'mail.jsonl');
  await writeFile(file, lines.join('\n'));
  return runCli(['send', 'alice', '--batch', file, ...args], { url: gateway.url, ...world });
}

/** Accepts a message as job `text`. */
const accept = ({ body: { text } }: HeardCall): FakeAnswer => ({
  status: 202,
  body: { status: 'queued', job_id: text, state: 'waiting' },
});
const sends = () => gateway.heard.filter(({ call }) => call === SEND);
const keys = () => sends().map(({ headers }) => headers['idempotency-key']);

describe('send --batch', () => {
  test('sends line by line in order, and prints the result of each', async () => {
    const failed = { state: 'failed', error: { code: 'RECIPIENT_REFUSED', message: 'No.' } };
    gateway.answers({
      ...READY,
      [SEND]: accept,
      'GET /jobs/a': () => jobView('a', { result: { message_id: 1 } }),
      'GET /jobs/b': () => jobView('b', { state: 'delayed', reason: 'FLOOD_WAIT', retry_at: 't' }),
      'GET /jobs/b?wait=30': () => jobView('b', { result: { message_id: 2 } }),
      'GET /jobs/c': () => jobView('c', failed),
    });
    const run = await batch([line('a'), line('b'), '', line('c')]);
    expect(run.code).toBe(1);
    expect(run.stdout).toBe('3 of 3 accepted, 2 sent, 1 failed, 0 waiting\n');
    expect(run.stderr).toContain('✗ line 4: RECIPIENT_REFUSED: No.');
    expect(sends().map(({ body }) => body.text)).toEqual(['a', 'b', 'c']);
    expect(sends()[0]?.headers['prefer']).toBe('respond-async');

    const json = await batch([line('a'), line('b'), '', line('c')], ['--json']);
    const ends = json.stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(ends).toMatchObject([
      { line: 1, job_id: 'a', state: 'completed', message_id: 1, error: null },
      { line: 2, job_id: 'b', state: 'completed', message_id: 2 },
      { line: 4, job_id: 'c', state: 'failed', error: { code: 'RECIPIENT_REFUSED' } },
      { status: 'done', lines: 3, accepted: 3, sent: 2, failed: 1, waiting: 0 },
    ]);
  });

  test('a message keeps its key in a changed file; another content or batch name has another', async () => {
    gateway.answers({ ...READY, [SEND]: accept });
    const three = [line('a'), line('b'), line('c')];
    expect((await batch(three, ['--async'])).code).toBe(0);
    const first = keys();
    expect(new Set(first).size).toBe(3);
    // One line moved, one corrected, one added, one written in another way.
    const c = JSON.stringify({ text: 'c', recipient_id: ' me' });
    await batch([line('d'), c, line('B'), line('a')], ['--async']);
    const [d, sameC, corrected, sameA] = keys().slice(3);
    expect([sameA, sameC]).toEqual([first[0], first[2]]);
    for (const key of [d, corrected]) expect(first).not.toContain(key);
    await batch(three, ['--async', '--batch-id', 'monday']);
    for (const key of keys().slice(7)) expect(first).not.toContain(key);
  });

  test('a message that stands in the file twice is sent twice', async () => {
    gateway.answers({ ...READY, [SEND]: accept });
    await batch([line('a'), line('a')], ['--async']);
    expect(new Set(keys()).size).toBe(2);
  });

  test('tells what an earlier run has sent from what this run sends', async () => {
    const replayed = { 'Idempotent-Replayed': 'true' };
    gateway.answers({
      ...READY,
      [SEND]: (call) => ({ ...accept(call), ...(call.body.text === 'a' && { headers: replayed }) }),
      'GET /jobs/a': () => jobView('a', { result: { message_id: 1 } }),
      'GET /jobs/b': () => jobView('b', { result: { message_id: 2 } }),
    });
    const run = await batch([line('a'), line('b')]);
    expect(run.stdout).toBe('2 of 2 accepted, 1 sent now, 1 sent before, 0 failed, 0 waiting\n');
    const json = (await batch([line('a'), line('b')], ['--json'])).stdout.trim().split('\n');
    const [first, second, tally] = json.map((text) => JSON.parse(text));
    expect([first.before, second.before]).toEqual([true, false]);
    expect(tally).toMatchObject({ sent: 1, sent_before: 1 });
  });

  test('reads standard input, where the batch needs a name', async () => {
    gateway.answers({ ...READY, [SEND]: accept });
    const piped = (stdin: string, args: string[]) =>
      runCli(['send', 'alice', '--batch', '-', '--async', ...args], { url: gateway.url, stdin });
    expect(await piped(line('a'), [])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--batch-id'),
    });
    await piped(line('a'), ['--batch-id', 'monday']);
    await piped('recipient_id,text\nme,a\n', ['--batch-id', 'monday']);
    expect(keys()[1]).toBe(keys()[0]);
  });

  test('a refused line does not stop the others; a full queue is waited for', async () => {
    let full = 1;
    gateway.answers({
      ...READY,
      [SEND]: (call) => {
        if (call.body.text === 'bad') return refusal(422, 'IDEMPOTENCY_MISMATCH');
        if (call.body.text === 'late' && full-- > 0) return refusal(429, 'QUEUE_FULL', { retry_after: 1 });
        return accept(call);
      },
    });
    const run = await batch([line('a'), line('bad'), line('late')], ['--async']);
    expect(run).toMatchObject({ code: 1, stdout: '2 of 3 accepted, 0 sent, 1 failed, 2 waiting\n' });
    expect(run.stderr).toContain('✗ line 2: IDEMPOTENCY_MISMATCH');
    expect(run.stderr).toContain('--batch-id');
  });

  test('a line that failed in an earlier run is reported as its job says, and stops nothing', async () => {
    gateway.answers({
      ...READY,
      [SEND]: (call) => (call.body.text === 'a' ? refusal(500, 'INTERNAL', { job_id: 'a' }) : accept(call)),
      'GET /jobs/a': () => jobView('a', { state: 'failed', error: { code: 'INTERNAL', message: 'Broken.' } }),
      'GET /jobs/b': () => jobView('b', { result: { message_id: 2 } }),
    });
    const run = await batch([line('a'), line('b')]);
    expect(run).toMatchObject({ code: 1, stdout: '2 of 2 accepted, 1 sent, 1 failed, 0 waiting\n' });
    expect(run.stderr).toContain('✗ line 1: INTERNAL: Broken.');
  });

  test('a gateway that refuses the key stops it at once', async () => {
    gateway.answers({
      ...READY,
      [SEND]: (call) => (call.body.text === 'b' ? refusal(401, 'UNAUTHORIZED') : accept(call)),
    });
    const run = await batch([line('a'), line('b'), line('c')], ['--async']);
    expect(run).toMatchObject({ code: 1, stdout: '1 of 3 accepted, 0 sent, 0 failed, 1 waiting\n' });
    expect(run.stderr).toContain('continues where this one stopped');
    expect(sends()).toHaveLength(2);
  });

  test('an error that stops it also stops waiting for accepted messages', async () => {
    gateway.answers({
      ...READY,
      [SEND]: (call) => (call.body.text === 'b' ? refusal(401, 'UNAUTHORIZED') : accept(call)),
      'GET /jobs/a': () => ({ body: null }),
    });
    expect((await batch(['a', 'c', 'd', 'e', 'b'].map(line))).code).toBe(1);
    await expect.poll(() => gateway.hangUps).toBe(1);
  });

  test('Ctrl-C stops it, prints the progress, and leaves nothing running', async () => {
    const abort = new AbortController();
    gateway.answers({
      ...READY,
      [SEND]: accept,
      'GET /jobs/a': () => jobView('a', { state: 'delayed' }),
      'GET /jobs/a?wait=30': () => {
        abort.abort(new Interrupted());
        return jobView('a', { state: 'delayed' });
      },
    });
    const run = await batch([line('a')], [], { signal: abort.signal });
    expect(run).toMatchObject({ code: 130, stdout: '1 of 1 accepted, 0 sent, 0 failed, 1 waiting\n' });
  });

  test('a file in another encoding is refused before anything is sent, with the line', async () => {
    gateway.answers({ ...READY, [SEND]: accept });
    const file = join(directory, 'people.csv');
    const send = async (bytes: Buffer) => {
      await writeFile(file, bytes);
      return runCli(['send', 'alice', '--batch', file, '--async'], { url: gateway.url });
    };
    const table = 'recipient_id;text\nme;a\n@bob;Привет\n';
    const windows1251 = Buffer.concat([
      Buffer.from('recipient_id;text\nme;a\n@bob;'),
      Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x0a]),
    ]);
    const refused: [string, Buffer][] = [
      ['line 3: is not UTF-8', windows1251],
      ['line 2: is not UTF-8', Buffer.from('recipient_id;text\rme;\xcf\r', 'latin1')],
      ['line 3: is not UTF-8', Buffer.from(table).subarray(0, -2)],
      ['line 1: contains a NUL', Buffer.from(table, 'utf16le')],
      [
        'line 2: is not UTF-8 (it may be ISO-2022-JP)',
        Buffer.from('recipient_id;text\nme;\u001b$B$3$s\u001b(B\n'),
      ],
      ['line 2: contains a NUL', Buffer.from('recipient_id;text\nme;a\0b\n')],
      ['broken UTF-16', Buffer.concat([Buffer.from('\ufeffa', 'utf16le'), Buffer.from([0x00])])],
      ['contains no message', Buffer.from('\ufeff')],
      ['contains no message', Buffer.alloc(0)],
    ];
    for (const [message, bytes] of refused)
      expect(await send(bytes)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    expect(gateway.calls).toEqual([]);
    const bigEndian = Buffer.from(`\ufeff${table}`, 'utf16le').swap16();
    for (const bytes of [
      Buffer.from(`\ufeff${table}`),
      Buffer.from(`\ufeff${table}`, 'utf16le'),
      bigEndian,
    ]) {
      expect(await send(bytes)).toMatchObject({ code: 0 });
      expect(
        sends()
          .slice(-2)
          .map(({ body }) => body.text),
      ).toEqual(['a', 'Привет']);
    }
  });

  test('a bad line is reported before anything is sent', async () => {
    gateway.answers({ ...READY, [SEND]: accept });
    expect(await batch([line('a'), '{'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('line 2'),
    });
    expect(gateway.calls).toEqual([]);
  });

  test('--dry-run says what the gateway would do with each line, and sends nothing', async () => {
    const jobs = [
      { status: 'ok', parts: 2 },
      { status: 'ok', parts: 1, reason: 'PAUSED' },
      refusal(401, 'NOT_AUTHORIZED').body,
    ];
    gateway.answers({ ...READY, [`${SEND}/batch`]: () => ({ body: { status: 'checked', jobs } }) });
    const lines = [line('a'), line('b'), '', line('c')];
    const run = await batch(lines, ['--dry-run']);
    expect(run).toMatchObject({
      code: 1,
      stdout:
        '2 of 3 would be accepted, as 3 messages; 1 would wait, 1 would be refused. Nothing was sent.\n',
    });
    expect(run.stderr).toContain('✗ line 4: NOT_AUTHORIZED: It is NOT_AUTHORIZED.');
    expect(gateway.calls).toEqual(['GET /readyz', `${SEND}/batch`]);
    expect(gateway.heard.at(-1)?.body).toMatchObject({
      dry_run: true,
      messages: [{ text: 'a' }, { text: 'b' }, { text: 'c' }],
    });
    const json = await batch(lines, ['--dry-run', '--json']);
    expect(
      json.stdout
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text)),
    ).toMatchObject([
      { line: 1, state: 'ok', parts: 2 },
      { line: 2, state: 'ok', reason: 'PAUSED' },
      { line: 4, state: 'refused', error: { code: 'NOT_AUTHORIZED' } },
      { status: 'checked', lines: 3, ok: 2, messages: 3, held: 1, refused: 1 },
    ]);
    expect(await batch(lines, ['--dry-run', '--lang', 'ru'])).toMatchObject({
      stdout: expect.stringContaining('Ничего не отправлено.'),
    });
    expect(json.stdout).not.toContain('"before":true');
    const single = await runCli(['send', 'alice', 'me', 'hi', '--dry-run'], { url: gateway.url });
    expect(single).toMatchObject({ code: 2, stderr: expect.stringContaining('--dry-run needs --batch') });
  });

  test('--dry-run says which lines were accepted before under the name of the batch', async () => {
    gateway.answers({ ...READY, [SEND]: accept });
    const lines = ['a', 'b', 'c', 'd'].map(line);
    await batch(lines.slice(0, 2), ['--async']);
    const sent = keys();
    const jobs = (call: HeardCall) =>
      (call.body.messages as { idempotency_key: string }[]).map(({ idempotency_key: key }) =>
        sent.includes(key) ? { status: 'ok', parts: 1, repeated: true } : { status: 'ok', parts: 1 },
      );
    const check = `${SEND}/batch`;
    gateway.answers({ ...READY, [check]: (call) => ({ body: { status: 'checked', jobs: jobs(call) } }) });
    const run = await batch([line('c'), line('a'), line('b'), line('d')], ['--dry-run']);
    expect(run).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 of 4 would be accepted, as 2 messages; 2 were accepted before,'),
      stderr: expect.stringContaining(
        'lines that were accepted before as batch mail.jsonl, and would not be sent again: 2–3',
      ),
    });
    const json = await batch(lines, ['--dry-run', '--json']);
    expect(
      json.stdout
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text)),
    ).toMatchObject([
      { line: 1, state: 'ok', before: true, parts: 0 },
      { line: 2, before: true },
      { line: 3, before: false },
      { line: 4, before: false },
      { status: 'checked', lines: 4, ok: 2, before: 2, messages: 2 },
    ]);
    const renamed = await batch(lines, ['--dry-run', '--batch-id', 'again']);
    expect(renamed.stdout).toContain('4 of 4 would be accepted');
  });
});
