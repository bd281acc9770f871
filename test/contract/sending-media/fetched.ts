import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { beforeAll, expect, test } from 'vitest';
import type { FileServer } from '../../env/file-server.ts';
import type { Stack } from '../../env/stack.ts';
import { CAROL, LATER, type MediaStage, mediaTools, MIB, sha256 } from './media-stage.ts';

const SECRET = 'what the server says';

/** Files that the worker fetches from their address. */
export const fetched = (stage: () => MediaStage) => {
  let stack: Stack;
  let files: FileServer;
  let bob: number;
  beforeAll(() => {
    ({ stack, files, bob } = stage());
  });
  const { send, inChat, stored, storedBeside, ended } = mediaTools(stage);

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
};
