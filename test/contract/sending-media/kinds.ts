import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { filmOf, soundOf } from '../../../packages/media/src/testing/made-film.ts';
import { VOICE_NOTE } from '../../../packages/media/src/testing/voice-note.ts';
import { PNG } from '../../env/png.ts';
import type { Stack } from '../../env/stack.ts';
import { ALICE, BOB } from '../../env/use-stack.ts';
import { type MediaStage, mediaTools, MIB, NO_PICTURE, sha256, UNKNOWN } from './media-stage.ts';

/** Every kind of file, with its options. */
export const kinds = (stage: () => MediaStage) => {
  let stack: Stack;
  let bob: number;
  beforeAll(() => {
    ({ stack, bob } = stage());
  });
  const { upload, send, media, inChat, last, stored, storedBeside, readerAs } = mediaTools(stage);

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

  test('a voice note goes out with its waveform and duration', async () => {
    await send(media(await upload(VOICE_NOTE, 'a.ogg'), 'voice'));
    expect((await last())?.media).toMatchObject({ type: 'voice', duration: 2 });
    const { client: reader } = await readerAs(BOB);
    const [read] = await reader.getHistory(await reader.resolvePhoneNumber(ALICE), { limit: 1 });
    if (read?.media?.type !== 'voice') throw new Error('no voice note');
    const { waveform } = read.media;
    expect(waveform).toHaveLength(100);
    expect([waveform[10], waveform[37]]).toEqual([0, 31]);
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

  test('the command line sends a file as its kind, and as told; several are an album', async () => {
    const path = join(stack.dataDir, 'picture.png');
    await writeFile(path, PNG);
    const bin = fileURLToPath(new URL('../../../apps/cli/bin/telegram-gateway.mjs', import.meta.url));
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
};
