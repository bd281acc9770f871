import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { GatewayClient } from '@gateway/client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HAS_S3_SERVER, S3Server } from '../../packages/media/src/testing/s3-server.ts';
import { madeBytes } from '../env/made-bytes.ts';
import { PNG } from '../env/png.ts';
import { Stack } from '../env/stack.ts';

const MIB = 1024 * 1024;
const [ALICE, BOB] = ['+9996629701', '+9996629702'];

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe.skipIf(!HAS_S3_SERVER)('The product with MEDIA_STORE=s3 (skipped: no versitygw)', () => {
  let s3: S3Server;
  let stack: Stack;
  let client: GatewayClient;
  let alice: number;
  let bob: number;

  beforeAll(async () => {
    s3 = await S3Server.start();
    stack = await Stack.start({ ...s3.settings, MEDIA_QUOTA: '40MiB' });
    client = new GatewayClient({ baseUrl: stack.api.url });
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
  });
  afterEach(() => stack.control.clearFaults());
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
    await s3[Symbol.asyncDispose]();
  });

  const upload = async (bytes: Uint8Array, fileName = 'a.bin') =>
    (await client.upload('alice', new Uint8Array(bytes), { fileName })).upload_id;
  const uploaded = async (size: number) =>
    fetch(`${stack.api.url}/telegram/user/uploads?user_id=alice`, {
      method: 'POST',
      body: randomBytes(size),
    });
  const send = async (media: object[], prefer = 'wait=60') =>
    stack.api.post('/telegram/user/send', { user_id: 'alice', recipient_id: BOB, media }, { Prefer: prefer });
  const sent = async () => (await stack.control.messages({ from: alice, to: bob })).map(({ media }) => media);
  const ended = async (jobId: string) => (await stack.api.get(`/jobs/${jobId}?wait=60`)).body;

  test('sends what is uploaded, with its thumbnail, and stores nothing after it', async () => {
    const [film, text] = [randomBytes(9 * MIB + 7), randomBytes(3)];
    const thumbnail_upload_id = await upload(PNG, 'small.png');
    const media = [
      { type: 'document', upload_id: await upload(film, 'film.bin'), thumbnail_upload_id },
      { type: 'document', upload_id: await upload(text) },
    ];
    expect(await s3.files()).toHaveLength(3);
    expect((await send(media)).status).toBe(200);
    expect((await sent()).slice(-2)).toMatchObject([
      { sha256: sha256(film), file_name: 'film.bin', thumbnail: true },
      { sha256: sha256(text) },
    ]);
    await expect.poll(() => s3.files()).toEqual([]);
    expect(await readdir(stack.dataDir)).not.toContain('media');
  });

  test('goes on with an upload on another worker after kill -9', async () => {
    const bytes = randomBytes(12 * MIB);
    await stack.control.fault({ method: 'upload.saveBigFilePart', delay_ms: 300, times: 100 });
    const media = [{ type: 'document', upload_id: await upload(bytes) }];
    const before = (await sent()).length;
    const { job_id } = (await send(media, 'respond-async')).body;
    await expect.poll(() => /"msg":"uploaded"/.test(stack.worker.output), { timeout: 20_000 }).toBe(true);
    await stack.worker.end('SIGKILL');
    await stack.control.clearFaults();
    await stack.startWorker();
    expect((await ended(job_id)).state).toBe('completed');
    expect((await sent()).slice(before)).toMatchObject([{ sha256: sha256(bytes) }]);
  });

  test('gives files of Telegram, whole and in ranges, from blocks that it stores', async () => {
    const size = 3 * MIB + 5;
    await stack.control.write({ from: bob, to: alice, media: { type: 'document', size } });
    const { messages } = (await stack.api.get(`/telegram/accounts/alice/chats/${bob}/messages`)).body;
    const url = `${stack.api.url}/telegram/accounts/alice/files/${messages[0].media.file_id}`;
    const get = async (headers: Record<string, string> = {}) =>
      Buffer.from(await (await fetch(url, { headers })).arrayBuffer());
    expect((await get()).equals(madeBytes(size))).toBe(true);
    expect(await s3.files()).toHaveLength(4);
    const range = await get({ Range: `bytes=${MIB - 2}-${MIB + 1}` });
    expect(range.equals(madeBytes(size).subarray(MIB - 2, MIB + 2))).toBe(true);
  });

  test('refuses uploads over the quota with 507, and says so when the server is away', async () => {
    const kept = await s3.files();
    expect((await uploaded(30 * MIB)).status).toBe(201);
    const over = await uploaded(11 * MIB);
    expect([over.status, await over.json()]).toMatchObject([507, { code: 'STORAGE_FULL' }]);
    expect(await s3.files()).toHaveLength(kept.length + 1);
    await s3.stop();
    const away = await uploaded(10);
    expect([away.status, await away.json()]).toMatchObject([503, { code: 'STORAGE_UNAVAILABLE' }]);
    await s3.resume();
    expect((await uploaded(10)).status).toBe(201);
  });

  test('deletes what nobody used, and blocks of downloads, after MEDIA_RETENTION', async () => {
    await upload(randomBytes(10));
    expect(await s3.files()).not.toEqual([]);
    await stack.restart({ MEDIA_RETENTION: '1s' });
    await expect.poll(() => s3.files(), { timeout: 20_000 }).toEqual([]);
    // The quota is free again.
    expect((await uploaded(39 * MIB)).status).toBe(201);
  });
});
