import { randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { FileServer } from '../../env/file-server.ts';
import { PNG } from '../../env/png.ts';
import type { Stack } from '../../env/stack.ts';
import { ALICE, BOB } from '../../env/use-stack.ts';
import { LATER, type MediaStage, mediaTools, MIB, NO_PICTURE, sha256 } from './media-stage.ts';

/** Several files in one send. */
export const albums = (stage: () => MediaStage) => {
  let stack: Stack;
  let files: FileServer;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, files, alice, bob } = stage());
  });
  const { upload, send, inChat, stored, storedBeside, ended, readerAs } = mediaTools(stage);

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
};
