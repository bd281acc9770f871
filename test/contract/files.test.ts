import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatewayClient } from '@gateway/client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../apps/cli/src/testing/run-cli.ts';
import type { ApiAnswer } from '../env/api-client.ts';
import { expectDocumented, type Document } from '../env/documented.ts';
import { madeBytes } from '../env/made-bytes.ts';
import { Stack } from '../env/stack.ts';
import { longFile } from './files/long-file.ts';

const MIB = 1024 * 1024;
/** Bob lives in another data centre, and so do the files that he sends. */
const [ALICE, BOB, CAROL] = ['+9996629301', '+9996639302', '+9996629303'];
const OF_CAROL = { Authorization: 'Bearer of-carol' };
const DOWNLOAD = 'get /telegram/accounts/{user_id}/files/{file_id}';

interface MadeMedia {
  from?: number;
  to?: number;
  type?: string;
  mime_type?: string;
  file_name?: string;
}

interface FileAnswer {
  status: number;
  headers: Headers;
  bytes: Buffer;
}

describe('GET /telegram/accounts/{user_id}/files/{file_id}', () => {
  let stack: Stack;
  let document: Document;
  let alice: number;
  let bob: number;
  let carol: number;

  beforeAll(async () => {
    stack = await Stack.start({ API_KEYS: 'everything,of-carol:carol', AUTH_WAIT_MS: '15000' });
    stack.api.headers = { Authorization: 'Bearer everything' };
    document = (await stack.api.get('/openapi.json')).body;
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
    carol = await stack.signIn('carol', CAROL);
  });
  afterEach(() => stack.control.clearFaults());
  afterAll(() => stack[Symbol.asyncDispose]());

  const pathOf = (fileId: string, query = '', account = 'alice') =>
    `/telegram/accounts/${account}/files/${fileId}${query}`;

  async function get(path: string, headers: Record<string, string> = {}): Promise<FileAnswer> {
    const response = await fetch(stack.api.url + path, { headers: { ...stack.api.headers, ...headers } });
    const { status } = response;
    return { status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  }

  /** Asks for what is refused. */
  async function refused(path: string, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const answer = await stack.api.get(path, headers);
    expectDocumented(document, DOWNLOAD, answer.status, answer);
    return answer;
  }

  /** Writes a message with a made-up file. @returns its file_id as the reader sees it. */
  async function written(
    size: number,
    { from = carol, to = alice, type = 'document', ...media }: MadeMedia = {},
    reader = 'alice',
  ): Promise<string> {
    await stack.control.write({ from, to, media: { type, size, ...media } });
    const { messages } = (await stack.api.get(`/telegram/accounts/${reader}/chats/${from}/messages`)).body;
    return messages[0].media.file_id;
  }

  /** The id of a file of Alice. Nobody has to know how it is made, and it gives no rights. */
  const idOf = (chat: number, message: number) =>
    `f_${Buffer.from(`${alice}.${chat}.${message}`).toString('base64url')}`;

  const blocks = async () =>
    (await readdir(join(stack.dataDir, 'media', Buffer.from('alice').toString('base64url'))))
      .filter((name) => /^[pd]\d/.test(name))
      .sort();

  test('gives the bytes, as an attachment that no browser runs', async () => {
    const size = 3 * MIB - 12_345;
    const fileId = await written(size, { file_name: 'é "page".html', mime_type: 'text/html' });
    const { status, headers, bytes } = await get(pathOf(fileId));
    expect([status, bytes.equals(madeBytes(size))]).toEqual([200, true]);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html',
      'content-length': String(size),
      'content-disposition': `attachment; filename="? \\"page\\".html"; filename*=UTF-8''%C3%A9%20%22page%22.html`,
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^"[\w-]+"$/),
    });
    expect(await blocks()).toHaveLength(3);
  });

  test('gives the file of a send, by the id in its result', async () => {
    const file = Buffer.from('some bytes of a file');
    const client = new GatewayClient({ baseUrl: stack.api.url, apiKey: 'everything' });
    const { upload_id } = await client.upload('alice', new Uint8Array(file), { fileName: 'a.bin' });
    const sent = await client.send(
      { user_id: 'alice', recipient_id: CAROL, media: [{ type: 'document', upload_id }] },
      { wait: 30 },
    );
    const fileId = 'media' in sent ? (sent.media?.[0]?.file_id ?? '') : '';
    const { status, bytes } = await get(pathOf(fileId));
    expect([status, bytes.toString()]).toEqual([200, 'some bytes of a file']);
  });

  test('answers ranges, HEAD and repeats', async () => {
    const size = 2 * MIB + 100;
    const all = madeBytes(size);
    const fileId = await written(size);
    const path = pathOf(fileId);
    const etag = (await get(path, { Range: 'bytes=0-0' })).headers.get('etag') ?? '';
    const ranges: [string, number, number][] = [
      ['bytes=0-99', 0, 99],
      [`bytes=${MIB - 5}-${MIB + 5}`, MIB - 5, MIB + 5],
      [`bytes=${2 * MIB}-`, 2 * MIB, size - 1],
      ['bytes=-50', size - 50, size - 1],
      [`bytes=10-${size * 2}`, 10, size - 1],
      [`bytes=-${size * 2}`, 0, size - 1],
      ['Bytes=5-6', 5, 6],
    ];
    for (const [range, start, end] of ranges) {
      const { status, headers, bytes } = await get(path, { Range: range });
      expect([range, status, headers.get('content-range')]).toEqual([
        range,
        206,
        `bytes ${start}-${end}/${size}`,
      ]);
      expect(bytes.equals(all.subarray(start, end + 1)), range).toBe(true);
    }
    for (const [headers, expected] of [
      [{ Range: 'bytes=0-9', 'If-Range': etag }, 206],
      [{ Range: 'bytes=0-9', 'If-Range': '"another"' }, 200],
      [{ Range: 'bytes=0-1,5-6' }, 200],
      [{ Range: 'lines=0-1' }, 200],
      [{ Range: 'bytes=5-2' }, 200],
      [{ Range: 'bytes=-' }, 200],
      [{ 'If-None-Match': etag }, 304],
      [{ 'If-None-Match': `W/"x", ${etag}` }, 304],
      [{ 'If-None-Match': '"another"' }, 200],
    ] as const) {
      const answer = await get(path, headers);
      expect([headers, answer.status, answer.headers.get('etag')]).toEqual([headers, expected, etag]);
      expect(answer.bytes.length).toBe({ 200: size, 206: 10, 304: 0 }[expected]);
    }
    const head = await fetch(stack.api.url + path, { method: 'HEAD', headers: stack.api.headers });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(size)]);
    expect((await refused(path, { Range: 'bytes=-0' })).status).toBe(416);
    const beyond = await refused(path, { Range: `bytes=${size}-` });
    expect([beyond.status, beyond.body.code]).toEqual([416, 'RANGE_NOT_SATISFIABLE']);
    expect(beyond.headers.get('content-range')).toBe(`bytes */${size}`);
  });

  test('asks Telegram once for a block that it has, and for one that two callers want', async () => {
    const size = 4 * MIB;
    const fileId = await written(size);
    await stack.control.fault({ method: 'upload.getFile', delay_ms: 50, times: 100 });
    const before = await remaining();
    const both = await Promise.all([get(pathOf(fileId)), get(pathOf(fileId))]);
    for (const { bytes } of both) expect(bytes.equals(madeBytes(size))).toBe(true);
    const once = before - (await remaining());
    expect(once).toBe(size / (512 * 1024));
    await get(pathOf(fileId));
    expect(before - (await remaining())).toBe(once);
  });

  /** How many calls the first fault is still good for. */
  async function remaining(): Promise<number> {
    const [fault] = (await stack.control.faults()) as unknown as { times: number }[];
    return fault?.times ?? 0;
  }

  test('gives photos and thumbnails: the nearest size', async () => {
    const photo = await written(20_000, { type: 'photo' });
    const whole = await get(pathOf(photo));
    expect([whole.status, whole.bytes.length, whole.headers.get('content-type')]).toEqual([
      200,
      20_000,
      'image/jpeg',
    ]);
    for (const size of ['s', 'm', 'x']) {
      const { status, bytes } = await get(pathOf(photo, `?size=${size}`));
      expect([size, status, bytes.equals(whole.bytes)]).toEqual([size, 200, true]);
    }
    const document = await written(1_000);
    expect((await refused(pathOf(document, '?size=s'))).body.code).toBe('FILE_NOT_FOUND');
    expect((await refused(pathOf(photo, '?size=huge'))).status).toBe(400);
  });

  test('fetches from the data centre of the file, and renews what Telegram lets expire', async () => {
    const size = MIB + 1;
    const elsewhere = await written(size, { from: bob, type: 'video' });
    expect((await get(pathOf(elsewhere))).bytes.equals(madeBytes(size))).toBe(true);
    const expired = await written(size + 1);
    await stack.control.expireFileReference();
    expect((await get(pathOf(expired))).bytes.equals(madeBytes(size + 1))).toBe(true);
  });

  test('knows no other account’s file, no deleted one, and none of Telegram’s own account', async () => {
    const mine = await written(1_000);
    const carols = await written(1_000, { from: alice, to: carol }, 'carol');
    const unknown = [carols, 'x', 'f_', idOf(carol, 99_999), idOf(carol, 9_999_999_999), idOf(123_456, 1)];
    for (const fileId of unknown)
      expect((await refused(pathOf(fileId))).body).toMatchObject({ code: 'FILE_NOT_FOUND' });
    expect((await refused(pathOf(mine, '', 'carol'), OF_CAROL)).body.code).toBe('FILE_NOT_FOUND');
    expect((await refused(pathOf(mine), OF_CAROL)).status).toBe(403);
    expect((await refused(pathOf(mine, '', 'nobody'))).status).toBe(401);
    await stack.control.write({ from: 777_000, to: alice, media: { type: 'document', size: 1_000 } });
    const { chats } = (await stack.api.get('/telegram/accounts/alice/chats')).body;
    const { last_message } = chats.find(({ id }: { id: string }) => id === '777000');
    expect((await refused(pathOf(idOf(777_000, last_message.message_id)))).body.code).toBe('FILE_NOT_FOUND');
    const { body } = await stack.api.get(`/telegram/accounts/alice/chats/${carol}/messages?limit=1`);
    await stack.api.post(
      '/telegram/user/message/delete',
      { user_id: 'alice', recipient_id: String(carol), message_ids: [body.messages[0].message_id] },
      { Prefer: 'wait=30' },
    );
    expect((await refused(pathOf(body.messages[0].media.file_id))).body.code).toBe('FILE_NOT_FOUND');
  });

  test('a flood on downloads holds downloads alone', async () => {
    const fileId = await written(1_000);
    await stack.control.fault({ method: 'upload.getFile', error: 'FLOOD_PREMIUM_WAIT_2', lasts: true });
    const { status, body, headers } = await refused(pathOf(fileId));
    expect([status, body.code, body.rpc_error]).toEqual([429, 'FLOOD_WAIT', 'FLOOD_PREMIUM_WAIT_2']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    const sent = await stack.api.send('alice', CAROL, 'meanwhile', { Prefer: 'wait=30' });
    expect([sent.status, sent.body.reason]).toEqual([200, undefined]);
    await expect.poll(async () => (await get(pathOf(fileId))).status, { timeout: 10_000 }).toBe(200);
  });

  test('goes on after the worker was killed in mid-stream, and sends meanwhile', async () => {
    const size = 12 * MIB;
    const fileId = await written(size);
    await stack.control.fault({ method: 'upload.getFile', delay_ms: 200, times: 1_000 });
    const response = await opened(pathOf(fileId));
    const chunks: Buffer[] = [];
    for await (const chunk of response) {
      const isFirst = chunks.length === 0;
      chunks.push(chunk as Buffer);
      if (!isFirst) continue;
      await stack.worker.end('SIGKILL');
      await stack.control.clearFaults();
      await stack.startWorker();
    }
    expect(Buffer.concat(chunks).equals(madeBytes(size))).toBe(true);
    expect((await stack.api.send('alice', CAROL, 'after it', { Prefer: 'wait=30' })).status).toBe(200);
  });

  test('fetches no more once the caller has hung up', async () => {
    const size = 40 * MIB;
    const fileId = await written(size);
    await stack.control.fault({ method: 'upload.getFile', delay_ms: 20, times: 1_000 });
    const response = await opened(pathOf(fileId));
    await new Promise((resolve) => response.once('data', resolve));
    response.destroy();
    // The blocks that were under way end, and no others begin.
    let before = -1;
    await expect
      .poll(
        async () => {
          const now = await remaining();
          const isSame = now === before;
          before = now;
          return isSame;
        },
        { interval: 500 },
      )
      .toBe(true);
    expect(before).toBeGreaterThan(1_000 - size / (512 * 1024));
  });

  async function opened(path: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request(stack.api.url + path, { headers: stack.api.headers, agent: false }, resolve)
        .on('error', reject)
        .end();
    });
  }

  longFile(() => ({ stack, written }));

  test('deletes uploads and downloads of an account that is disconnected', async () => {
    const dave = await stack.signIn('dave', '+9996629304');
    const fileId = await written(1_000, { to: dave }, 'dave');
    expect((await get(pathOf(fileId, '', 'dave'))).status).toBe(200);
    const client = new GatewayClient({ baseUrl: stack.api.url, apiKey: 'everything' });
    await client.upload('dave', new Uint8Array([1]));
    const folders = () => readdir(join(stack.dataDir, 'media'));
    const folder = Buffer.from('dave').toString('base64url');
    expect(await folders()).toContain(folder);
    await client.disconnect('dave');
    expect(await folders()).not.toContain(folder);
    expect((await refused(pathOf(fileId, '', 'dave'))).status).toBe(401);
  });

  test('the client resumes a download that breaks off, and the CLI stores it', async () => {
    const size = 5 * MIB + 7;
    const fileId = await written(size, { file_name: '../a file.bin' });
    let cut = 2;
    const client = new GatewayClient({
      baseUrl: stack.api.url,
      apiKey: 'everything',
      backoffMs: 1,
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (cut-- <= 0 || response.body === null) return response;
        return new Response(cutAfter(response.body, MIB), response);
      },
    });
    const download = await client.accounts.download('alice', fileId);
    expect([download.size, download.fileName]).toEqual([size, 'a file.bin']);
    const chunks: Uint8Array[] = [];
    for await (const chunk of download.bytes) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(madeBytes(size))).toBe(true);
    expect(cut).toBeLessThan(0);

    const folder = await mkdtemp(join(tmpdir(), 'gateway-download-'));
    try {
      const file = join(folder, 'file');
      const world = { url: stack.api.url, env: { GATEWAY_API_KEY: 'everything' } };
      const run = await runCli(['download', 'alice', fileId, '-o', file, '--json'], world);
      expect([run.code, JSON.parse(run.stdout)]).toEqual([
        0,
        { file, size, mime_type: 'application/octet-stream' },
      ]);
      expect((await readFile(file)).equals(madeBytes(size))).toBe(true);
      expect((await runCli(['download', 'alice', fileId, '-o', file], world)).code).toBe(2);
      expect(await readdir(folder)).toEqual(['file']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** The first `bytes` of a body, and then an error. */
function cutAfter(body: ReadableStream<Uint8Array>, bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        if (left <= 0) controller.error(new Error('cut'));
        else controller.enqueue(chunk);
        left -= chunk.byteLength;
      },
    }),
  );
}
