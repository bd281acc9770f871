import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GatewayClient } from '@gateway/client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../env/api-client.ts';
import { expectDocumented, type Document } from '../env/documented.ts';
import { Stack } from '../env/stack.ts';

const MIB = 1024 * 1024;
const [ALICE, BOB, CAROL] = ['+9996629201', '+9996629202', '+9996629203'];
/** 40 by 40 pixels. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAACgAAAAoCAAAAACpleexAAAAHElEQVR4nGMIJRIwjCocVTiqcFThqMJRhaQrBAATIhNfLzsSPgAAAABJRU5ErkJggg==',
  'base64',
);
const NO_PICTURE = Buffer.from('not a picture');
const UNKNOWN = `up_${'x'.repeat(22)}.${'x'.repeat(43)}.1`;
const SECRET = 'what the server says';
const LATER = { Prefer: 'respond-async' };

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Serves files, each at a path of its own, and counts the requests. */
class FileServer {
  readonly #server: Server;
  readonly #answers = new Map<string, (response: ServerResponse) => void>();
  /** The paths that were requested. */
  readonly requests: string[] = [];

  private constructor() {
    this.#server = createServer(({ url = '' }, response) => {
      this.requests.push(url);
      this.#answers.get(url)?.(response);
    });
  }

  static async start(): Promise<FileServer> {
    const files = new FileServer();
    await new Promise<void>((resolve) => files.#server.listen(0, '127.0.0.1', resolve));
    return files;
  }

  /** @returns the address of the path. */
  add(path: string, answer: (response: ServerResponse) => void): string {
    this.#answers.set(path, answer);
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe('Sending files', () => {
  let stack: Stack;
  let document: Document;
  let client: GatewayClient;
  let files: FileServer;
  let alice: number;
  let bob: number;
  let carol: number;

  beforeAll(async () => {
    stack = await Stack.start({ MEDIA_ALLOW_PRIVATE: 'true', MEDIA_MAX_BYTES: '24MiB' });
    files = await FileServer.start();
    document = (await stack.api.get('/openapi.json')).body;
    client = new GatewayClient({ baseUrl: stack.api.url });
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
    carol = await stack.signIn('carol', CAROL);
  });
  afterEach(() => stack.control.clearFaults());
  afterAll(async () => {
    files.close();
    await stack[Symbol.asyncDispose]();
  });

  async function upload(bytes: Uint8Array, fileName = 'a.bin', userId = 'alice'): Promise<string> {
    return (await client.upload(userId, new Uint8Array(bytes), { fileName })).upload_id;
  }

  async function send(
    fields: object,
    headers: Record<string, string> = { Prefer: 'wait=30' },
  ): Promise<ApiAnswer> {
    const answer = await stack.api.post(
      '/telegram/user/send',
      { user_id: 'alice', recipient_id: BOB, ...fields },
      headers,
    );
    expectDocumented(document, 'post /telegram/user/send', answer.status, answer);
    return answer;
  }

  const media = (upload_id: string, type = 'document', others = {}) => ({
    media: [{ type, upload_id, ...others }],
  });
  const inChat = async (to: number) => stack.control.messages({ from: alice, to });
  const last = async (to = bob) => (await inChat(to)).at(-1);
  const stored = async () =>
    readdir(join(stack.dataDir, 'media', Buffer.from('alice').toString('base64url')));
  const ended = async (jobId: string) => (await stack.api.get(`/jobs/${jobId}?wait=60`)).body;

  test('a photo goes out with its caption and options, and the file is forgotten', async () => {
    const uploadId = await upload(PNG, 'a.png');
    const { status, body } = await send({
      ...media(uploadId, 'photo', { spoiler: true }),
      text: '<b>bold</b>',
      parse_mode: 'html',
      silent: true,
    });
    expect([status, body]).toEqual([
      200,
      {
        status: 'ok',
        success: true,
        job_id: expect.any(String),
        message_id: expect.any(Number),
        date: expect.any(String),
        media: [
          { file_id: expect.stringMatching(/^f_/), type: 'photo', size: PNG.length, mime_type: 'image/jpeg' },
        ],
      },
    ]);
    expect(await last()).toMatchObject({
      id: body.message_id,
      text: 'bold',
      entities: [{ type: 'bold', offset: 0, length: 4 }],
      silent: true,
      media: { type: 'photo', sha256: sha256(PNG), spoiler: true },
    });
    await expect.poll(stored).toEqual([]);
  });

  test.each([
    ['document', {}, {}],
    ['video', { duration: 2.5, width: 640, height: 360 }, { duration: 2.5, width: 640, height: 360 }],
    ['animation', {}, {}],
    [
      'audio',
      { title: 'A title', performer: 'Somebody', duration: 3 },
      { title: 'A title', performer: 'Somebody' },
    ],
    ['voice', { duration: 4 }, { duration: 4 }],
    ['video_note', { duration: 5, width: 240, height: 240 }, {}],
    ['sticker', { width: 512, height: 512 }, {}],
  ])('a %s goes out as one', async (type, options, shown) => {
    const bytes = randomBytes(MIB + 5);
    const uploadId = await upload(bytes, 'my file.bin');
    const named = { ...options, mime_type: 'video/mp4', file_name: 'other.mp4' };
    const { status, body } = await send(media(uploadId, type, named));
    expect([status, body.media]).toEqual([
      200,
      [{ file_id: expect.any(String), type, size: bytes.length, mime_type: 'video/mp4' }],
    ]);
    expect((await last())?.media).toMatchObject({
      type,
      sha256: sha256(bytes),
      mime_type: 'video/mp4',
      file_name: 'other.mp4',
      ...shown,
    });
  });

  test('a text too long for a caption follows the file; without `split` it is MESSAGE_INVALID', async () => {
    const text = 'word '.repeat(1_100).trim();
    const whole = await send({ ...media(await upload(PNG)), text });
    expect(whole.body.message_ids).toHaveLength(3);
    const sent = (await inChat(bob)).slice(-3);
    expect(sent.map((message) => [message.id, message.media?.type])).toEqual(
      whole.body.message_ids.map((id: number, index: number) => [id, index === 0 ? 'document' : undefined]),
    );
    expect(sent.map((message) => message.text).join(' ')).toBe(text);
    const refused = await send({ ...media(await upload(PNG)), text: text.slice(0, 3_000), split: false });
    expect([refused.status, refused.body.code]).toEqual([400, 'MESSAGE_INVALID']);
  });

  test('a photo that Telegram does not take as one goes as a document', async () => {
    const { body } = await send(media(await upload(NO_PICTURE, 'a.jpg'), 'photo'));
    expect(body.media).toMatchObject([{ type: 'document' }]);
    expect((await last())?.media).toMatchObject({ type: 'document', sha256: sha256(NO_PICTURE) });
  });

  test('a file of which Telegram has lost parts is uploaded again', async () => {
    await stack.control.loseFileParts();
    const bytes = randomBytes(MIB);
    expect((await send(media(await upload(bytes)))).status).toBe(200);
    expect((await last())?.media?.sha256).toBe(sha256(bytes));
  });

  test('a file that Telegram refuses is MEDIA_REFUSED, and its error is named', async () => {
    await stack.control.fault({ method: 'messages.sendMedia', error: 'VIDEO_CONTENT_TYPE_INVALID' });
    const { status, body } = await send(media(await upload(PNG), 'video'));
    expect([status, body.code, body.rpc_error]).toEqual([422, 'MEDIA_REFUSED', 'VIDEO_CONTENT_TYPE_INVALID']);
    await stack.control.fault({ method: 'messages.sendMedia', error: 'CHAT_SEND_VIDEOS_FORBIDDEN' });
    expect((await send(media(await upload(PNG), 'video'))).body.code).toBe('RECIPIENT_REFUSED');
  });

  test('an unknown upload, or another account’s, is UPLOAD_NOT_FOUND, and nothing is queued', async () => {
    const ofBob = await upload(PNG, 'a.png', 'bob');
    const before = (await inChat(bob)).length;
    for (const uploadId of [ofBob, UNKNOWN]) {
      const { status, body } = await send(media(uploadId));
      expect([status, body.code, body.job_id]).toEqual([404, 'UPLOAD_NOT_FOUND', undefined]);
    }
    const item = { type: 'send', user_id: 'alice', recipient_id: BOB };
    const batch = await stack.api.post('/telegram/user/batch', {
      actions: [
        { ...item, ...media(ofBob) },
        { ...item, ...media(await upload(PNG)) },
      ],
    });
    expect(batch.body.jobs).toMatchObject([{ code: 'UPLOAD_NOT_FOUND' }, { job_id: expect.any(String) }]);
    await ended(batch.body.jobs[1].job_id);
    expect(await inChat(bob)).toHaveLength(before + 1);
  });

  test.each([
    ['neither text nor media', {}, 'text'],
    ['two files', { media: [{ type: 'photo' }, { type: 'photo' }] }, 'media'],
    ['an unknown option', { media: [{ type: 'photo', upload_id: 'x', colour: 'red' }] }, 'media.0.colour'],
    ['no source', { media: [{ type: 'photo' }] }, 'media.0'],
    ['two sources', { media: [{ type: 'photo', url: 'http://x/', upload_id: UNKNOWN }] }, 'media.0'],
    ['a source that is not built', { media: [{ type: 'photo', from: {} }] }, 'media.0.from'],
    ['another scheme', { media: [{ type: 'photo', url: 'file:///etc/passwd' }] }, 'media.0.url'],
    ['a password in an address', { media: [{ type: 'photo', url: 'http://a:b@x/' }] }, 'media.0.url'],
    ['an unknown type', { media: [{ type: 'song', upload_id: 'x' }] }, 'media.0.type'],
  ])('refuses %s', async (_what, fields, path) => {
    const { status, body } = await send(fields);
    expect([status, body.code]).toEqual([400, 'VALIDATION']);
    expect(body.issues.map((issue: { path: string }) => issue.path)).toContain(path);
  });

  test('a repeat under a key is the same job, also after the upload is gone, and with other uploads of the same bytes', async () => {
    const key = { Prefer: 'wait=30', 'Idempotency-Key': 'the photo' };
    const uploadId = await upload(PNG, 'a.png');
    const { body } = await send(media(uploadId, 'photo'), key);
    await expect.poll(stored).toEqual([]);
    expect((await send(media(uploadId, 'photo'), key)).body).toEqual(body);
    expect((await send(media(await upload(PNG, 'b.png'), 'photo'), key)).body).toEqual(body);
    const other = await send(media(await upload(NO_PICTURE), 'photo'), key);
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
    expect((await inChat(bob)).filter(({ id }) => id === body.message_id)).toHaveLength(1);
  });

  test('an upload may be used by several jobs, and goes with the end of the last', async () => {
    const bytes = randomBytes(1_000);
    const uploadId = await upload(bytes);
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const later = (await send({ ...media(uploadId), send_at: soon }, LATER)).body.job_id;
    expect((await send(media(uploadId))).status).toBe(200);
    const file = uploadId.split('.')[0];
    expect(await stored()).toContain(file);
    expect((await send(media(uploadId))).status).toBe(200);
    await stack.api.request('DELETE', `/jobs/${later}`, undefined, {});
    expect((await send(media(uploadId))).status).toBe(200);
  });

  test('texts to other chats go out between the parts of a large file, and those to its chat after it', async () => {
    await stack.api.post('/telegram/user/pause', { user_id: 'alice' });
    const bytes = randomBytes(12 * MIB);
    const job = (await send(media(await upload(bytes)), LATER)).body.job_id;
    for (const text of ['c1', 'c2', 'c3']) await send({ recipient_id: CAROL, text }, LATER);
    const behind = (await send({ text: 'behind' }, LATER)).body.job_id;
    await stack.api.post('/telegram/user/resume', { user_id: 'alice' });
    expect((await ended(job)).state).toBe('completed');
    expect((await ended(behind)).state).toBe('completed');
    const at = (message?: { accepted_at: string }) => Date.parse(message?.accepted_at ?? '');
    const [file, text] = (await inChat(bob)).slice(-2);
    expect([file?.media?.sha256, text?.text]).toEqual([sha256(bytes), 'behind']);
    const others = (await inChat(carol)).slice(-3);
    expect(others.map((each) => each.text)).toEqual(['c1', 'c2', 'c3']);
    expect(at(others[2])).toBeLessThan(at(file));
  });

  test('texts that come while a file is uploaded do not wait for its end', async () => {
    await stack.control.fault({ method: 'upload.saveBigFilePart', delay_ms: 150, times: 100 });
    const job = (await send(media(await upload(randomBytes(20 * MIB))), LATER)).body.job_id;
    const left = async () => (await stack.control.faults())[0]?.times ?? 0;
    for (let count = 0; count < 3; count += 1) {
      // Between these parts the lane finds an empty queue.
      const before = await left();
      await expect.poll(left).toBeLessThan(before - 2);
      expect((await send({ recipient_id: CAROL, text: `meanwhile ${count}` })).status).toBe(200);
    }
    expect((await stack.api.get(`/jobs/${job}`)).body.state).toBe('active');
    await stack.control.clearFaults();
    expect((await ended(job)).state).toBe('completed');
  });

  test('a wait that Telegram asks of uploads holds no text', async () => {
    await stack.control.fault({
      method: 'upload.saveFilePart',
      error: 'FLOOD_PREMIUM_WAIT_2',
      lasts: true,
    });
    const job = (await send(media(await upload(PNG)), LATER)).body.job_id;
    await expect
      .poll(async () => (await stack.api.get(`/jobs/${job}`)).body.reason)
      .toBe('FLOOD_PREMIUM_WAIT');
    expect((await send({ recipient_id: CAROL, text: 'meanwhile' })).status).toBe(200);
    expect((await stack.api.get(`/jobs/${job}`)).body.state).toBe('delayed');
    expect((await ended(job)).state).toBe('completed');
  });

  test.each(['before', 'after'] as const)(
    'is sent once if its answer is lost %s it takes effect',
    async (drop) => {
      const bytes = randomBytes(2_000);
      const before = (await inChat(bob)).length;
      await stack.control.fault({ method: 'messages.sendMedia', drop });
      const { status, body } = await send(
        { ...media(await upload(bytes)), text: 'once' },
        { Prefer: 'wait=60' },
      );
      expect([status, body.media]).toMatchObject([200, [{ type: 'document', size: 2_000 }]]);
      const sent = (await inChat(bob)).slice(before);
      expect(sent.map((message) => [message.id, message.media?.sha256])).toEqual([
        [body.message_id, sha256(bytes)],
      ]);
    },
  );

  test('a file is fetched from its address, once for all tries', async () => {
    const bytes = randomBytes(3 * MIB);
    const url = files.add('/moved', (response) =>
      response.writeHead(302, { location: '/a%20film.mp4' }).end(),
    );
    files.add('/a%20film.mp4', (response) => response.setHeader('content-type', 'video/mp4').end(bytes));
    await stack.control.fault({ method: 'messages.sendMedia', drop: 'before', times: 2 });
    const kept = new Set(await stored());
    const before = (await inChat(bob)).length;
    const { status, body } = await send(
      { media: [{ type: 'video', url }], text: 'A film' },
      { Prefer: 'wait=60' },
    );
    expect([status, body.media]).toMatchObject([
      200,
      [{ type: 'video', size: bytes.length, mime_type: 'video/mp4' }],
    ]);
    expect((await inChat(bob)).slice(before)).toMatchObject([
      { text: 'A film', media: { sha256: sha256(bytes), file_name: 'a film.mp4' } },
    ]);
    expect(files.requests).toEqual(['/moved', '/a%20film.mp4']);
    await expect.poll(async () => (await stored()).filter((file) => !kept.has(file))).toEqual([]);
  });

  test('texts to other chats go out while a file is fetched', async () => {
    let end = () => {};
    const url = files.add('/slow', (response) => {
      response.writeHead(200).write('half ');
      end = () => response.end('whole');
    });
    const job = (await send({ media: [{ type: 'document', url }] }, LATER)).body.job_id;
    const behind = (await send({ text: 'behind the file' }, LATER)).body.job_id;
    await expect.poll(() => files.requests.at(-1)).toBe('/slow');
    expect((await send({ recipient_id: CAROL, text: 'meanwhile' })).status).toBe(200);
    expect((await stack.api.get(`/jobs/${behind}`)).body.state).not.toBe('completed');
    end();
    for (const each of [job, behind]) expect((await ended(each)).state).toBe('completed');
    expect((await inChat(bob)).slice(-2)).toMatchObject([
      { media: { sha256: sha256(Buffer.from('half whole')) } },
      { text: 'behind the file' },
    ]);
  });

  test.each([
    ['/404', (response: ServerResponse) => response.writeHead(404).end(SECRET)],
    ['/empty', (response: ServerResponse) => response.end()],
    ['/cut', (response: ServerResponse) => response.writeHead(200, { 'content-length': '99' }).end(SECRET)],
    ['/large', (response: ServerResponse) => response.end(Buffer.alloc(24 * MIB + 1))],
    ['/gzip', (response: ServerResponse) => response.setHeader('content-encoding', 'gzip').end(SECRET)],
  ])('a file that cannot be fetched is MEDIA_UNAVAILABLE: %s', async (path, answer) => {
    const before = await stored();
    const url = files.add(path, answer);
    const { status, body } = await send({ media: [{ type: 'document', url }] });
    expect([status, body.code]).toEqual([422, 'MEDIA_UNAVAILABLE']);
    expect(JSON.stringify(body)).not.toContain(SECRET);
    expect((await stored()).filter((file) => !before.includes(file))).toEqual([]);
  });

  test('the command line sends a file as its kind, and as told', async () => {
    const path = join(stack.dataDir, 'picture.png');
    await writeFile(path, PNG);
    const bin = fileURLToPath(new URL('../../apps/cli/bin/telegram-gateway.mjs', import.meta.url));
    const cli = (...args: string[]) =>
      promisify(execFile)(process.execPath, [bin, 'send', 'alice', BOB, ...args, '--wait', '30'], {
        env: { PATH: process.env['PATH'] ?? '', GATEWAY_URL: stack.api.url },
      });
    expect((await cli('a caption', '--media', path)).stdout).toContain('sent as message');
    expect(await last()).toMatchObject({ text: 'a caption', media: { type: 'photo', sha256: sha256(PNG) } });
    await cli('--media', path, '--as', 'document');
    expect((await last())?.media).toMatchObject({ type: 'document', file_name: 'picture.png' });
    await expect(cli('--media', '/nowhere')).rejects.toMatchObject({ code: 2 });
  });

  test('is sent once over kill -9 of the worker in the middle of its upload', async () => {
    const bytes = randomBytes(20 * MIB);
    const before = (await inChat(bob)).length;
    await stack.control.fault({ method: 'upload.saveBigFilePart', delay_ms: 300, times: 100 });
    const job = (await send({ ...media(await upload(bytes)), text: 'once' }, LATER)).body.job_id;
    await expect.poll(() => /"msg":"uploaded"/.test(stack.worker.output)).toBe(true);
    await stack.worker.end('SIGKILL');
    await stack.control.clearFaults();
    await stack.startWorker();
    expect((await ended(job)).state).toBe('completed');
    const sent = (await inChat(bob)).slice(before);
    expect(sent.map((message) => [message.text, message.media?.sha256])).toEqual([['once', sha256(bytes)]]);
  });
});
