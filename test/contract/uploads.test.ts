import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { GatewayClient } from '@gateway/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../env/api-client.ts';
import { expectDocumented, type Document } from '../env/documented.ts';
import { Stack } from '../env/stack.ts';

const MIB = 1024 * 1024;
const MAX = 4 * MIB;
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('POST /telegram/user/uploads', () => {
  let stack: Stack;
  let document: Document;

  beforeAll(async () => {
    stack = await Stack.start({
      API_KEYS: 'everything,of-bob:bob',
      MEDIA_MAX_BYTES: String(MAX),
      MEDIA_QUOTA: '6MiB',
    });
    document = (await stack.api.get('/openapi.json')).body;
    stack.api.headers = { Authorization: 'Bearer everything' };
    await stack.signIn('alice', '+9996629101');
    await stack.signIn('bob', '+9996629102');
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  async function upload(
    query: string,
    body: BodyInit | AsyncIterable<Uint8Array>,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer> {
    const response = await fetch(`${stack.api.url}/telegram/user/uploads?${query}`, {
      method: 'POST',
      headers: { ...stack.api.headers, ...headers },
      body: body as BodyInit,
      duplex: 'half',
    } as RequestInit);
    const answer = { status: response.status, headers: response.headers, body: await response.json() };
    expectDocumented(document, 'post /telegram/user/uploads', answer.status, answer);
    return answer;
  }

  /** The files in the media store, those being written included. */
  async function files(): Promise<string[]> {
    const folder = join(stack.dataDir, 'media');
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  test('stores the body, and finds size, SHA-256 and type in its bytes', async () => {
    const { status, body } = await upload('user_id=alice&file_name=a.bin', PNG, {
      'content-type': 'text/plain',
    });
    expect([status, body]).toEqual([
      201,
      {
        status: 'ok',
        upload_id: expect.stringMatching(/^up_/),
        size: PNG.length,
        sha256: createHash('sha256').update(PNG).digest('hex'),
        mime_type: 'image/png',
        expires_at: expect.any(String),
      },
    ]);
    const hours = (Date.parse(body.expires_at) - Date.now()) / 3_600_000;
    expect(Math.round(hours)).toBe(24);
    expect(await files()).toContain(body.upload_id.split('.')[0]);
  });

  test('takes chunks of any length, and the declared type if the bytes show none', async () => {
    const bytes = randomBytes(100_000).fill('text');
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += 7_001) yield bytes.subarray(at, at + 7_001);
    }
    const { status, body } = await upload('user_id=alice', chunks(), {
      'content-type': 'text/csv; charset=utf-8',
    });
    expect([status, body.size, body.mime_type]).toEqual([201, bytes.length, 'text/csv']);
    expect(body.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test('takes a form with one file, and refuses other forms without a trace', async () => {
    const before = (await files()).length;
    const form = new FormData();
    form.set('anything', new Blob([PNG]), 'b.png');
    const { status, body } = await upload('user_id=alice', form);
    expect([status, body.size, body.mime_type]).toEqual([201, PNG.length, 'image/png']);
    const two = new FormData();
    two.append('one', new Blob([PNG]), 'b.png');
    two.append('two', new Blob([PNG]), 'c.png');
    const named = new FormData();
    named.append('file', new Blob([PNG]), 'b.png');
    named.append('caption', 'hello');
    const none = new FormData();
    for (const bad of [two, named, none])
      expect((await upload('user_id=alice', bad)).body.code).toBe('VALIDATION');
    const noForm = { 'content-type': 'multipart/form-data' };
    expect((await upload('user_id=alice', PNG, noForm)).body.code).toBe('VALIDATION');
    const cut = { 'content-type': 'multipart/form-data; boundary=x' };
    const part = '--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nbytes';
    expect((await upload('user_id=alice', part, cut)).body.code).toBe('VALIDATION');
    expect(await files()).toHaveLength(before + 1);
  });

  test('the client uploads bytes, blobs and streams', async () => {
    const client = new GatewayClient({ baseUrl: stack.api.url, apiKey: 'everything' });
    const bytes = new Uint8Array(PNG);
    const blob = new Blob([bytes], { type: 'image/png' });
    for (const file of [bytes, blob, blob.stream()])
      expect(await client.upload('alice', file, { fileName: 'a.png' })).toMatchObject({
        size: PNG.length,
        mime_type: 'image/png',
      });
  });

  test.each([
    ['an unknown query field', 'user_id=alice&colour=red', 400, 'VALIDATION'],
    ['no account', '', 400, 'VALIDATION'],
    ['a file name with a slash', 'user_id=alice&file_name=a/b', 400, 'VALIDATION'],
    ['an account that is not signed in', 'user_id=nobody', 401, 'NOT_AUTHORIZED'],
  ])('refuses %s', async (_what, query, status, code) => {
    const answer = await upload(query, PNG);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test('refuses keys of other accounts, compressed bodies and empty files', async () => {
    const bob = await upload('user_id=alice', PNG, { Authorization: 'Bearer of-bob' });
    expect([bob.status, bob.body.code]).toEqual([403, 'FORBIDDEN']);
    const gzip = await upload('user_id=alice', PNG, { 'content-encoding': 'gzip' });
    expect([gzip.status, gzip.body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    const empty = await upload('user_id=alice', '');
    expect([empty.status, empty.body.code]).toEqual([400, 'VALIDATION']);
  });

  test('a file over MEDIA_MAX_BYTES, announced or not, is 413 and leaves nothing', async () => {
    const before = await files();
    const large = new Uint8Array(MAX + 1);
    // Much comes behind the byte that is too many.
    async function* chunks() {
      for (let count = 0; count < 8; count += 1) yield large;
    }
    for (const body of [large, chunks()]) {
      const answer = await upload('user_id=alice', body);
      expect([answer.status, answer.body.code]).toEqual([413, 'MEDIA_TOO_LARGE']);
    }
    expect((await upload('user_id=bob', large.subarray(1))).status).toBe(201);
    expect(await files()).toHaveLength(before.length + 1);
  });

  test('unused uploads over MEDIA_QUOTA are 507, and leave nothing', async () => {
    const before = await files();
    const answer = await upload('user_id=bob', new Uint8Array(2 * MIB + 1));
    expect([answer.status, answer.body.code]).toEqual([507, 'STORAGE_FULL']);
    expect(await files()).toEqual(before);
    expect((await upload('user_id=bob', new Uint8Array(2 * MIB))).status).toBe(201);
  });

  test('a cut-off upload leaves nothing behind', async () => {
    const before = await files();
    const asked = request(`${stack.api.url}/telegram/user/uploads?user_id=alice`, {
      method: 'POST',
      headers: { ...stack.api.headers, 'content-length': MIB },
    });
    asked.on('error', () => {});
    asked.write(Buffer.alloc(100_000));
    await expect.poll(async () => (await files()).length).toBe(before.length + 1);
    asked.destroy();
    await expect.poll(files).toEqual(before);
  });

  test('unused uploads go after MEDIA_RETENTION, files without a record too', async () => {
    await stack.restart({ MEDIA_RETENTION: '1s' });
    await expect.poll(files).toEqual([]);
    expect((await upload('user_id=bob', new Uint8Array(MAX))).status).toBe(201);
    await expect.poll(files).toEqual([]);
  });
});
