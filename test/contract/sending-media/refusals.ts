import { beforeAll, expect, test } from 'vitest';
import { PNG } from '../../env/png.ts';
import type { Stack } from '../../env/stack.ts';
import { BOB } from '../../env/use-stack.ts';
import { type MediaStage, mediaTools, UNKNOWN } from './media-stage.ts';

/** Requests that are refused. */
export const refusals = (stage: () => MediaStage) => {
  let stack: Stack;
  let bob: number;
  beforeAll(() => {
    ({ stack, bob } = stage());
  });
  const { upload, send, media, inChat, ended } = mediaTools(stage);

  test('an unknown upload, or another account’s, is UPLOAD_NOT_FOUND, and nothing is queued', async () => {
    const ofBob = await upload(PNG, 'a.png', 'bob');
    const before = (await inChat(bob)).length;
    for (const uploadId of [ofBob, UNKNOWN, 'up_none', '']) {
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
    ['no address', { media: [{ type: 'photo', url: 'a.png' }] }, 'media.0.url'],
    ['an unknown type', { media: [{ type: 'song', upload_id: 'x' }] }, 'media.0.type'],
  ])('refuses %s', async (_what, fields, path) => {
    const { status, body } = await send(fields);
    expect([status, body.code]).toEqual([400, 'VALIDATION']);
    expect(body.issues.map((issue: { path: string }) => issue.path)).toContain(path);
  });

  test.each(['file:///etc/passwd', 'ftp://x/a', 'http://a:b@x/', 'https://a@x/'])(
    'refuses the address %s as MEDIA_UNAVAILABLE, and queues nothing',
    async (url) => {
      const { status, body } = await send({ media: [{ type: 'photo', url }] });
      expect([status, body.code, body.job_id]).toEqual([422, 'MEDIA_UNAVAILABLE', undefined]);
      expect(body.issues).toMatchObject([{ path: 'media.0.url' }]);
    },
  );
};
