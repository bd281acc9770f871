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
import { filmOf, soundOf } from '../../packages/media/src/testing/made-film.ts';
import { signedIn } from '../../packages/sandbox/src/testing/mtcute-users.ts';
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
  /** What is stored besides `kept`, of which files of earlier tests may still disappear. */
  const storedBeside = async (kept: readonly string[]) =>
    (await stored()).filter((file) => !kept.includes(file));
  const ended = async (jobId: string) => (await stack.api.get(`/jobs/${jobId}?wait=60`)).body;
  /** Another client of the account with this phone, which shares no code with the gateway. */
  const readerAs = async (phone: string) => {
    const lastCode = () => ({ phone, code: '22222', delivery: 'app' as const });
    return signedIn({ ...(await stack.telegram()), control: { lastCode } }, phone);
  };

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

  test('dimensions and durations are found in the file, and those of the caller win', async () => {
    const film = await upload(await filmOf({ width: 320, height: 180, seconds: 4 }), 'a.mp4');
    await send(media(film, 'video'));
    expect((await last())?.media).toMatchObject({ type: 'video', width: 320, height: 180, duration: 4 });
    const again = await upload(await filmOf({ width: 320, height: 180, seconds: 4 }), 'a.mp4');
    await send(media(again, 'animation', { width: 64, height: 36 }));
    expect((await last())?.media).toMatchObject({ type: 'animation', width: 64, height: 36, duration: 4 });
    await send(media(await upload(soundOf(3), 'a.wav'), 'audio'));
    expect((await last())?.media).toMatchObject({ type: 'audio', duration: 3 });
    await send(media(await upload(PNG, 'a.png'), 'sticker'));
    expect((await last())?.media).toMatchObject({ type: 'sticker', width: 40, height: 40 });
  });

  test('a thumbnail goes with its file, and is forgotten after it', async () => {
    const kept = await stored();
    const file = { type: 'document', upload_id: await upload(NO_PICTURE) };
    const pictured = { ...file, thumbnail_upload_id: await upload(PNG, 'small.png') };
    expect((await send({ media: [pictured] })).status).toBe(200);
    expect((await last())?.media).toMatchObject({ type: 'document', thumbnail: true });
    await expect.poll(() => storedBeside(kept)).toEqual([]);
    const { client: reader } = await readerAs(BOB);
    const [read] = await reader.getHistory(await reader.resolvePhoneNumber(ALICE), { limit: 1 });
    if (read?.media?.type !== 'document') throw new Error('no document');
    const [thumbnail] = read.media.thumbnails;
    if (thumbnail === undefined) throw new Error('no thumbnail');
    expect([thumbnail.width, thumbnail.height]).toEqual([40, 40]);
    expect(sha256(await reader.downloadAsBuffer(thumbnail))).toBe(sha256(PNG));
    expect(sha256(await reader.downloadAsBuffer(read.media))).toBe(sha256(NO_PICTURE));
    const unknown = await send({ media: [{ ...file, thumbnail_upload_id: UNKNOWN }] });
    expect(unknown.body.code).toBe('UPLOAD_NOT_FOUND');
  });

  test('a caption is cut by the limit of its account, which the worker asks once', async () => {
    const phone = '+9996629204';
    await stack.control.createAccount({ phone, first_name: 'Dave', premium: true });
    const dave = await stack.signIn('dave', phone);
    const text = 'word '.repeat(1_000).trim();
    const sendAsDave = async (fields: object) =>
      send({ user_id: 'dave', ...media(await upload(PNG, 'a.png', 'dave')), text, ...fields });
    const sent = async () => stack.control.messages({ from: dave, to: bob });
    expect((await sendAsDave({})).body.message_ids).toHaveLength(2);
    const [caption, rest] = await sent();
    expect(caption?.text.length).toBeGreaterThan(4_000);
    expect(`${caption?.text} ${rest?.text}`).toBe(text);
    await stack.control.fault({ method: 'help.getAppConfig', error: 'FLOOD_WAIT_3000' });
    expect((await sendAsDave({ text: text.slice(0, 4_096), split: false })).status).toBe(200);
    const refused = await sendAsDave({ text: text.slice(0, 4_097), split: false });
    expect([refused.status, refused.body.code]).toEqual([400, 'MESSAGE_INVALID']);
    expect(await sent()).toHaveLength(3);
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
    ['no file', { media: [] }, 'media'],
    [
      'eleven files',
      { media: Array.from({ length: 11 }, () => ({ type: 'photo', upload_id: UNKNOWN })) },
      'media',
    ],
    [
      'documents among photos',
      { media: ['photo', 'document'].map((type) => ({ type, upload_id: UNKNOWN })) },
      'media.1.type',
    ],
    [
      'voice messages as an album',
      { media: ['voice', 'voice'].map((type) => ({ type, upload_id: UNKNOWN })) },
      'media.0.type',
    ],
    [
      'two texts of the first file',
      { text: 'a', media: [{ type: 'photo', upload_id: UNKNOWN, text: 'b' }] },
      'media.0.text',
    ],
    [
      'broken markup of a file',
      {
        parse_mode: 'html',
        media: ['a', '<b>'].map((text) => ({ type: 'photo', upload_id: UNKNOWN, text })),
      },
      'media.1.text',
    ],
    ['an unknown option', { media: [{ type: 'photo', upload_id: 'x', colour: 'red' }] }, 'media.0.colour'],
    [
      'a thumbnail of a photo',
      { media: [{ type: 'photo', upload_id: UNKNOWN, thumbnail_upload_id: UNKNOWN }] },
      'media.0.thumbnail_upload_id',
    ],
    [
      'a large thumbnail',
      { media: [{ type: 'video', upload_id: UNKNOWN, thumbnail_upload_id: `${UNKNOWN}000000` }] },
      'media.0.thumbnail_upload_id',
    ],
    ['no source', { media: [{ type: 'photo' }] }, 'media.0'],
    ['two sources', { media: [{ type: 'photo', url: 'http://x/', upload_id: UNKNOWN }] }, 'media.0'],
    ['half a message', { media: [{ type: 'photo', from: { message_id: 1 } }] }, 'media.0.from.recipient_id'],
    [
      'an option that a sent file has already',
      { media: [{ type: 'video', duration: 1, from: { recipient_id: BOB, message_id: 1 } }] },
      'media.0.duration',
    ],
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
    const kept = await stored();
    const uploadId = await upload(PNG, 'a.png');
    const { body } = await send(media(uploadId, 'photo'), key);
    await expect.poll(() => storedBeside(kept)).toEqual([]);
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

  describe('A send of a file that has failed', () => {
    const retry = async (jobId: string) => stack.api.post(`/jobs/${jobId}/retry`, {});
    const fail = async (fields: object) => {
      await stack.control.fault({ method: 'messages.sendMedia', error: 'MEDIA_EMPTY' });
      const { body } = await send(fields);
      expect(body.code).toBe('MEDIA_REFUSED');
      return body.job_id;
    };

    test('can be retried with the same upload, or with the file that was fetched', async () => {
      const bytes = randomBytes(1_000);
      const url = files.add('/once', (response) => response.end(bytes));
      const kept = await stored();
      const failed = [
        await fail(media(await upload(bytes))),
        await fail({ media: [{ type: 'document', url }] }),
      ];
      for (const jobId of failed) {
        const before = (await inChat(bob)).length;
        expect((await retry(jobId)).status).toBe(202);
        expect((await ended(jobId)).state).toBe('completed');
        expect((await inChat(bob)).slice(before).map((each) => each.media?.sha256)).toEqual([sha256(bytes)]);
      }
      expect(files.requests.filter((path) => path === '/once')).toHaveLength(1);
      await expect.poll(() => storedBeside(kept)).toEqual([]);
    });

    test('leaves its upload to other sends; once that is gone, the retry is UPLOAD_NOT_FOUND', async () => {
      const kept = await stored();
      const uploadId = await upload(randomBytes(1_000));
      const jobId = await fail(media(uploadId));
      expect((await send(media(uploadId))).status).toBe(200);
      await expect.poll(() => storedBeside(kept)).toEqual([]);
      const { status, body } = await retry(jobId);
      expect([status, body.code, body.job_id]).toEqual([404, 'UPLOAD_NOT_FOUND', jobId]);
      expect((await ended(jobId)).state).toBe('failed');
    });
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

  test('a text, and another file, go out to other chats while a part is on its way; its own chat waits', async () => {
    // Nothing ends this delay but the end of the test.
    await stack.control.fault({ method: 'upload.saveBigFilePart', delay_ms: 600_000 });
    const bytes = randomBytes(11 * MIB);
    const job = (await send(media(await upload(bytes)), LATER)).body.job_id;
    await expect.poll(async () => stack.control.faults()).toEqual([]);
    const behind = (await send({ text: 'behind the part' }, LATER)).body.job_id;
    for (const text of ['meanwhile 1', 'meanwhile 2'])
      expect((await send({ recipient_id: CAROL, text })).status).toBe(200);
    const small = randomBytes(1_000);
    expect((await send({ recipient_id: CAROL, ...media(await upload(small)) })).status).toBe(200);
    const edit = {
      user_id: 'alice',
      recipient_id: CAROL,
      message_id: (await last(carol))?.id,
      text: 'edited',
    };
    expect((await stack.api.post('/telegram/user/message/edit', edit, { Prefer: 'wait=30' })).status).toBe(
      200,
    );
    expect((await stack.api.get(`/jobs/${job}`)).body.state).toBe('active');
    expect((await stack.api.get(`/jobs/${behind}`)).body.state).not.toBe('completed');
    await stack.control.clearFaults();
    for (const each of [job, behind]) expect((await ended(each)).state).toBe('completed');
    expect((await inChat(bob)).slice(-2)).toMatchObject([
      { media: { sha256: sha256(bytes) } },
      { text: 'behind the part' },
    ]);
  });

  test('a worker that stops waits for the part that is on its way, and the next one goes on after it', async () => {
    await stack.control.fault({ method: 'upload.saveBigFilePart', delay_ms: 1_500, times: 2 });
    const bytes = randomBytes(11 * MIB);
    const job = (await send(media(await upload(bytes)), LATER)).body.job_id;
    const left = async () => (await stack.control.faults())[0]?.times ?? 0;
    await expect.poll(left).toBe(1);
    await stack.worker.end();
    // The second part would have used up the fault.
    expect(await left()).toBe(1);
    expect((await stack.api.get(`/jobs/${job}`)).body.state).toBe('waiting');
    await stack.control.clearFaults();
    await stack.startWorker();
    // A worker that dies with the job would add an attempt.
    expect(await ended(job)).toMatchObject({ state: 'completed', attempts: 1 });
    expect((await last())?.media?.sha256).toBe(sha256(bytes));
  });

  test.each([
    ['whose answer is lost', { drop: 'after' }],
    ['that is cut off', { drop: 'before' }],
    [
      'that is refused by mistake as if the session had ended',
      { error: 'AUTH_KEY_UNREGISTERED', slip: true },
    ],
  ] as const)('a part %s is uploaded again, and the account stays signed in', async (_what, fault) => {
    await stack.control.fault({ method: 'upload.saveFilePart', ...fault });
    const bytes = randomBytes(MIB);
    expect((await send(media(await upload(bytes)))).status).toBe(200);
    expect((await last())?.media?.sha256).toBe(sha256(bytes));
    expect((await stack.api.status('alice')).body.state).toBe('ready');
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
    const kept = await stored();
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
    expect(files.requests.slice(-2)).toEqual(['/moved', '/a%20film.mp4']);
    expect(files.requests.filter((path) => path === '/moved')).toHaveLength(1);
    await expect.poll(() => storedBeside(kept)).toEqual([]);
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

  describe('The file of another message', () => {
    const from = (recipient_id: unknown, message_id: number) => ({ recipient_id, message_id });

    test('is sent again without an upload, alone and in an album, also after its reference has expired', async () => {
      const bytes = randomBytes(3_000);
      const first = await send({ recipient_id: CAROL, ...media(await upload(bytes, 'a.txt')) });
      const source = from(CAROL, first.body.message_id);
      await stack.control.fault({ method: 'upload.saveFilePart', error: 'FILE_PART_INVALID' });
      await stack.control.expireFileReference();
      const key = { Prefer: 'wait=30', 'Idempotency-Key': 'again' };
      const alone = await send({ text: 'again', media: [{ type: 'document', from: source }] }, key);
      expect([alone.status, alone.body.media]).toMatchObject([200, [{ type: 'document', size: 3_000 }]]);
      expect(await last()).toMatchObject({
        text: 'again',
        media: { sha256: sha256(bytes), file_name: 'a.txt' },
      });
      const other = { text: 'again', media: [{ type: 'document', from: from(CAROL, 1) }] };
      expect((await send(other, key)).body.code).toBe('IDEMPOTENCY_MISMATCH');
      await stack.control.clearFaults();
      await stack.control.expireFileReference();
      const items = [
        { type: 'document', from: source, text: 'sent before' },
        { type: 'document', upload_id: await upload(PNG) },
      ];
      expect((await send({ media: items })).status).toBe(200);
      expect((await inChat(bob)).slice(-2)).toMatchObject([
        { text: 'sent before', media: { sha256: sha256(bytes) } },
        { media: { sha256: sha256(PNG) } },
      ]);
    });

    test('is not sent from a message that is not in that chat, has none, or is Telegram’s', async () => {
      await stack.control.write({ from: 777_000, to: alice, text: 'Login code: 12345' });
      // Private chats share one numbering.
      const { body } = await send({ recipient_id: CAROL, text: 'a text' });
      const before = (await inChat(bob)).length;
      for (const [source, code] of [
        [from(BOB, body.message_id), 'MESSAGE_NOT_FOUND'],
        [from(CAROL, 2_000_000_000), 'MESSAGE_NOT_FOUND'],
        [from(777_000, body.message_id - 1), 'MESSAGE_NOT_FOUND'],
        [from(CAROL, body.message_id), 'MEDIA_UNAVAILABLE'],
      ] as const)
        expect((await send({ media: [{ type: 'photo', from: source }] })).body.code).toBe(code);
      expect(await inChat(bob)).toHaveLength(before);
    });
  });

  test('the command line sends a file as its kind, and as told; several are an album', async () => {
    const path = join(stack.dataDir, 'picture.png');
    await writeFile(path, PNG);
    const bin = fileURLToPath(new URL('../../apps/cli/bin/telegram-gateway.mjs', import.meta.url));
    const cli = (...args: string[]) =>
      promisify(execFile)(process.execPath, [bin, 'send', 'alice', BOB, ...args, '--wait', '30'], {
        env: { PATH: process.env['PATH'] ?? '', GATEWAY_URL: stack.api.url },
      });
    const album = await cli('two', '--media', path, '--media', path);
    const two = (await inChat(bob)).slice(-2);
    expect(album.stdout).toContain(`sent as message ${two.map(({ id }) => id).join(', ')}`);
    expect(two).toMatchObject([{ text: 'two', media: { type: 'photo' } }, { media: { type: 'photo' } }]);
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

  describe('An album', () => {
    /** @returns the items of a request, for these files. */
    const items = async (type: string, files: readonly Uint8Array[]) =>
      Promise.all(
        files.map(async (bytes) => ({
          type,
          upload_id: await upload(bytes, type === 'photo' ? 'a.png' : 'a.bin'),
        })),
      );
    const sha256s = (messages: readonly { media?: { sha256: string } }[]) =>
      messages.map((message) => message.media?.sha256);
    const sentSince = async (count: number) => (await inChat(bob)).slice(count);
    const pieces = (count: number, size = 700_000) => Array.from({ length: count }, () => randomBytes(size));

    test('goes out as one, each item with its caption, and another client reads it', async () => {
      const video = randomBytes(1_000_000);
      const url = files.add('/clip.mp4', (response) =>
        response.setHeader('content-type', 'video/mp4').end(video),
      );
      const kept = await stored();
      const before = (await inChat(bob)).length;
      const { status, body } = await send({
        text: '*first*',
        parse_mode: 'markdown',
        silent: true,
        media: [
          { type: 'photo', upload_id: await upload(PNG, 'a.png'), spoiler: true },
          { type: 'video', url, width: 64, height: 48, duration: 2, text: '_second_' },
          { type: 'photo', upload_id: await upload(PNG, 'b.png') },
        ],
      });
      const sent = await sentSince(before);
      const ids = sent.map(({ id }) => id);
      expect([status, body]).toEqual([
        200,
        {
          status: 'ok',
          success: true,
          job_id: expect.any(String),
          message_id: ids[2],
          date: expect.any(String),
          message_ids: ids,
          media: ['photo', 'video', 'photo'].map((type) =>
            expect.objectContaining({ file_id: expect.stringMatching(/^f_/), type }),
          ),
        },
      ]);
      expect(sent).toMatchObject([
        { text: 'first', entities: [{ type: 'italic' }], silent: true, media: { spoiler: true } },
        { text: 'second', media: { type: 'video', width: 64, duration: 2 } },
        { text: '', media: { type: 'photo' } },
      ]);
      expect(sha256s(sent)).toEqual([sha256(PNG), sha256(video), sha256(PNG)]);
      expect(new Set(sent.map((message) => message.grouped_id))).toHaveProperty('size', 1);
      await expect.poll(() => storedBeside(kept)).toEqual([]);

      const reader = await readerAs(BOB);
      const sender = await reader.client.resolvePhoneNumber(ALICE);
      const read = (await reader.client.getHistory(sender, { limit: 3 })).toReversed();
      expect(read.map(({ text }) => text)).toEqual(['first', 'second', '']);
      expect(new Set(read.map(({ groupedId }) => String(groupedId)))).toEqual(new Set([sent[0]?.grouped_id]));
      const bytes = read.map(async ({ media: file }) => {
        if (file?.type !== 'photo' && file?.type !== 'video') throw new Error('no file');
        return sha256(await reader.client.downloadAsBuffer(file));
      });
      expect(await Promise.all(bytes)).toEqual(sha256s(sent));
    });

    test('of addresses is fetched three files at a time, and keeps its order', async () => {
      const bytes = pieces(4, 1_000);
      const ends: (() => void)[] = [];
      const urls = bytes.map((each, index) =>
        files.add(`/album/${index}`, (response) => {
          ends[index] = () => response.end(each);
        }),
      );
      const asked = () => files.requests.filter((path) => path.startsWith('/album/')).toSorted();
      const before = (await inChat(bob)).length;
      const job = (await send({ media: urls.map((url) => ({ type: 'document', url })) }, LATER)).body.job_id;
      await expect.poll(asked).toEqual(['/album/0', '/album/1', '/album/2']);
      ends[2]?.();
      await expect.poll(asked).toHaveLength(4);
      for (const end of [ends[3], ends[1], ends[0]]) end?.();
      expect((await ended(job)).state).toBe('completed');
      expect(sha256s(await sentSince(before))).toEqual(bytes.map(sha256));
      expect(asked()).toHaveLength(4);
    });

    test('is edited at the item that has the caption', async () => {
      const [one, two] = await items('document', pieces(2, 100));
      const album = await send({ media: [one, { ...two, text: 'before' }] });
      expect(album.body.caption_message_id).toBe(album.body.message_ids[1]);
      const edit = { user_id: 'alice', job_id: album.body.job_id, text: 'after' };
      await stack.api.post('/telegram/user/message/edit', edit, { Prefer: 'wait=30' });
      expect((await inChat(bob)).slice(-2).map(({ text }) => text)).toEqual(['', 'after']);
    });

    test('goes into a topic of a forum, after typing', async () => {
      const { id } = await stack.control.newChat({
        type: 'supergroup',
        title: 'Forum',
        members: [alice, bob],
        forum: true,
      });
      const topic = await stack.control.createTopic(id, 'Trips');
      const media = await items('document', pieces(2, 100));
      expect((await send({ recipient_id: id, topic_id: topic, typing_ms: 100, media })).status).toBe(200);
      const sent = await stack.control.messages({ from: alice, to: Number(id) });
      expect(sent.slice(-2).map(({ topic_id }) => topic_id)).toEqual([topic, topic]);
      expect(await stack.control.typing(Number(id))).toMatchObject([{ from_id: alice }]);
    });

    test('a text too long for its caption follows it', async () => {
      const before = (await inChat(bob)).length;
      const text = 'word '.repeat(300).trim();
      await send({ text, media: await items('audio', pieces(2, 100)) });
      const sent = await sentSince(before);
      expect(sent.map(({ media: file }) => file?.type)).toEqual(['audio', 'audio', undefined]);
      expect(`${sent[0]?.text} ${sent[2]?.text}`).toBe(text);
    });

    test.each(['before', 'after'] as const)(
      'is sent once if its answer is lost %s it takes effect',
      async (drop) => {
        const bytes = pieces(3);
        const before = (await inChat(bob)).length;
        await stack.control.fault({ method: 'messages.sendMultiMedia', drop });
        await stack.control.fault({ method: 'messages.uploadMedia', drop });
        const { status, body } = await send(
          { text: 'once', media: await items('document', bytes) },
          { Prefer: 'wait=60' },
        );
        const sent = await sentSince(before);
        expect([status, body.message_ids]).toEqual([200, sent.map(({ id }) => id)]);
        expect(body.media).toMatchObject(bytes.map(() => ({ type: 'document', size: 700_000 })));
        expect(sha256s(sent)).toEqual(bytes.map(sha256));
      },
    );

    test.each([
      ['lost parts', () => stack.control.loseFileParts()],
      ['a reference that has expired', () => stack.control.expireFileReference()],
    ])('is uploaded again under the same random ids after %s', async (_what, spoil) => {
      const bytes = pieces(2);
      const before = (await inChat(bob)).length;
      await spoil();
      expect((await send({ media: await items('document', bytes) })).status).toBe(200);
      expect(sha256s(await sentSince(before))).toEqual(bytes.map(sha256));
    });

    test('goes as documents if Telegram does not take one of its photos', async () => {
      const { body } = await send({ media: await items('photo', [PNG, NO_PICTURE]) });
      expect(body.media).toMatchObject([{ type: 'document' }, { type: 'document' }]);
      const sent = (await inChat(bob)).slice(-2);
      expect(sha256s(sent)).toEqual([sha256(PNG), sha256(NO_PICTURE)]);
    });

    test('that Telegram refuses is MEDIA_REFUSED, and nothing of it is sent', async () => {
      const before = (await inChat(bob)).length;
      for (const error of ['MULTI_MEDIA_TOO_LONG', 'MEDIA_GROUPED_INVALID']) {
        await stack.control.fault({ method: 'messages.sendMultiMedia', error });
        const { status, body } = await send({ media: await items('photo', [PNG, PNG]) });
        expect([status, body.code, body.rpc_error]).toEqual([422, 'MEDIA_REFUSED', error]);
      }
      expect(await sentSince(before)).toEqual([]);
    });

    test('counts as many messages against the pace as it has items', async () => {
      const pace = { burst: 100, per_minute: 0.01, chat_burst: 100 };
      await stack.api.post('/telegram/user/pace', { user_id: 'alice', pace });
      await send({ media: await items('photo', [PNG, PNG, PNG]) });
      expect((await stack.api.status('alice')).body.pace.remaining).toBe(97);
      await stack.api.post('/telegram/user/pace', { user_id: 'alice', pace: null });
    });

    test('is sent once over kill -9 of the worker in the middle of it', async () => {
      const bytes = pieces(3, MIB);
      const before = (await inChat(bob)).length;
      await stack.control.fault({ method: 'messages.uploadMedia', drop: 'after' });
      const job = (await send({ text: 'once', media: await items('document', bytes) }, LATER)).body.job_id;
      await expect.poll(async () => (await stack.control.faults()).length, { timeout: 30_000 }).toBe(0);
      await stack.worker.end('SIGKILL');
      await stack.control.fault({ method: 'messages.sendMultiMedia', drop: 'after' });
      await stack.startWorker();
      await expect.poll(async () => (await sentSince(before)).length, { timeout: 30_000 }).toBe(3);
      await stack.worker.end('SIGKILL');
      await stack.startWorker();
      const { state, result } = await ended(job);
      const sent = await sentSince(before);
      expect([state, result.message_ids]).toEqual(['completed', sent.map(({ id }) => id)]);
      expect(sha256s(sent)).toEqual(bytes.map(sha256));
    });
  });
});
