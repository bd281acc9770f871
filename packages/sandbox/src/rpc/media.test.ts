import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pngOf } from '../control/png.ts';
import type { DirectClient, DirectTelegram } from '../testing/direct-telegram.ts';
import { listOf } from '../testing/inputs.ts';
import { SentFiles } from '../testing/sent-files.ts';
import { ALICE, PAGE, SELF, twoPeople } from '../testing/two-people.ts';
import type { TlObject, TlValue } from '../types.ts';
import { isTlObject } from './fields.ts';

const KB = 1024;

describe('media', () => {
  let telegram: DirectTelegram;
  let alice: DirectClient;
  let aliceId: number;
  let toBob: TlObject;
  let files: SentFiles;
  beforeEach(async () => {
    const people = await twoPeople();
    ({ telegram, alice, aliceId, toBob } = people);
    files = new SentFiles(people);
  });
  afterEach(() => telegram.files.close());

  test.each<[string, Record<string, TlValue>, string]>([
    ['an empty part', { bytes: Buffer.alloc(0) }, 'FILE_PART_EMPTY'],
    ['a part over 512 KB', { bytes: Buffer.alloc(512 * KB + 1) }, 'FILE_PART_TOO_BIG'],
    [
      'a part that is not the last one and does not divide 512 KB',
      { bytes: Buffer.alloc(3 * KB) },
      'FILE_PART_SIZE_INVALID',
    ],
    ['a part of another size', { bytes: Buffer.alloc(2 * KB) }, 'FILE_PART_SIZE_CHANGED'],
    ['a part behind the end', { file_part: 4 }, 'FILE_PART_INVALID'],
    ['a negative part', { file_part: -1 }, 'FILE_PART_INVALID'],
    ['too many parts', { file_total_parts: 4_001 }, 'FILE_PARTS_INVALID'],
    ['no parts', { file_total_parts: 0 }, 'FILE_PARTS_INVALID'],
  ])('%s is refused', async (_name, params, error) => {
    const part = { file_id: 1n, file_part: 0, file_total_parts: 4, bytes: Buffer.alloc(4 * KB) };
    await alice.value('upload.saveBigFilePart', part);
    await expect(
      alice.value('upload.saveBigFilePart', { ...part, file_part: 1, ...params }),
    ).rejects.toMatchObject({ code: 400, message: error });
  });

  test('parts may come in any order and repeatedly', async () => {
    const bytes = randomBytes(3 * KB + 5);
    for (const file_part of [3, 1, 1, 0, 2]) {
      const part = bytes.subarray(file_part * KB, (file_part + 1) * KB);
      await alice.value('upload.saveFilePart', { file_id: 1n, file_part, bytes: part });
    }
    const file = { _: 'inputFile', id: 1n, parts: 4, name: 'x', md5_checksum: md5(bytes) };
    await files.send({ _: 'inputMediaUploadedDocument', file, mime_type: 'a/b', attributes: [] });
    expect(telegram.control.messages()).toMatchObject([
      { media: { size: bytes.length, sha256: sha256(bytes) } },
    ]);
  });

  test('a part that replaces an earlier one counts', async () => {
    const bytes = randomBytes(2 * KB);
    const parts = [Buffer.alloc(KB), bytes.subarray(KB), bytes.subarray(0, KB)];
    for (const [index, part] of parts.entries())
      await alice.value('upload.saveFilePart', { file_id: 1n, file_part: index % 2, bytes: part });
    const file = { _: 'inputFile', id: 1n, parts: 2, name: '', md5_checksum: '' };
    await files.send({ _: 'inputMediaUploadedDocument', file, mime_type: 'a/b', attributes: [] });
    expect(telegram.control.messages()).toMatchObject([{ media: { sha256: sha256(bytes) } }]);
  });

  test('a file has only as many parts as the message says', async () => {
    const bytes = randomBytes(3 * KB);
    const file = { ...(await files.upload(bytes, '', KB)), parts: 2 };
    await files.send({ _: 'inputMediaUploadedDocument', file, mime_type: 'a/b', attributes: [] });
    expect(telegram.control.messages()).toMatchObject([
      { media: { size: 2 * KB, sha256: sha256(bytes.subarray(0, 2 * KB)) } },
    ]);
  });

  test.each<[string, Record<string, TlValue>, string]>([
    ['a missing part', { parts: 3 }, 'FILE_PART_2_MISSING'],
    ['an upload that nobody made', { id: 99n }, 'FILE_PART_0_MISSING'],
    ['no parts', { parts: 0 }, 'FILE_PARTS_INVALID'],
    ['another checksum', { md5_checksum: '0'.repeat(32) }, 'MD5_CHECKSUM_INVALID'],
  ])('a file with %s is refused', async (_name, params, error) => {
    const file = { ...(await files.upload(randomBytes(2 * KB), '', KB)), ...params };
    const media = { _: 'inputMediaUploadedDocument', file, mime_type: 'a/b', attributes: [] };
    await expect(files.send(media)).rejects.toThrow(error);
    expect(telegram.control.messages()).toEqual([]);
  });

  test('another account cannot use an upload', async () => {
    const media = await files.photo();
    const bob = telegram.client('bob');
    await expect(
      bob.call('messages.sendMedia', { peer: SELF, media, message: '', random_id: 1n }),
    ).rejects.toThrow('FILE_PART_0_MISSING');
  });

  test.each<[string, Buffer, string, string]>([
    ['of bytes that are no picture', randomBytes(100), 'x.png', 'IMAGE_PROCESS_FAILED'],
    ['with another extension', pngOf(8, 8), 'x.exe', 'PHOTO_EXT_INVALID'],
    ['that is too narrow', pngOf(1, 21), '', 'PHOTO_INVALID_DIMENSIONS'],
    ['that is too large', pngOf(9_000, 1_001), '', 'PHOTO_INVALID_DIMENSIONS'],
    ['over 10 MB', Buffer.concat([pngOf(8, 8), Buffer.alloc(10 * 2 ** 20)]), '', 'FILE_PARTS_INVALID'],
  ])('a photo %s is refused', async (_name, bytes, name, error) => {
    await expect(files.send(await files.photo(bytes, name))).rejects.toMatchObject({
      code: 400,
      message: error,
    });
  });

  test('the attributes of a document tell its type', async () => {
    const video = { _: 'documentAttributeVideo', duration: 1.5, w: 3, h: 2 };
    const audio = { _: 'documentAttributeAudio', duration: 7 };
    const sticker = { _: 'documentAttributeSticker', alt: '🙂', stickerset: { _: 'inputStickerSetEmpty' } };
    const name = { _: 'documentAttributeFilename', file_name: 'x.bin' };
    for (const attributes of [
      [video, name],
      [{ ...video, round_message: true }],
      [video, { _: 'documentAttributeAnimated' }],
      [{ ...audio, title: 'T', performer: 'P' }],
      [{ ...audio, voice: true, waveform: Buffer.from([1, 2]) }],
      [sticker],
      [name],
    ])
      await files.send(await files.document(Buffer.from('x'), ...attributes));
    await files.send({ ...(await files.document(Buffer.from('x'), video)), force_file: true });
    expect(telegram.control.messages().map(({ media }) => media)).toMatchObject([
      { type: 'video', width: 3, height: 2, duration: 1.5, file_name: 'x.bin' },
      { type: 'video_note' },
      { type: 'animation' },
      { type: 'audio', title: 'T', performer: 'P', duration: 7 },
      { type: 'voice' },
      { type: 'sticker' },
      { type: 'document', file_name: 'x.bin' },
      { type: 'document' },
    ]);
    const { messages } = await alice.call('messages.getHistory', { peer: toBob, ...PAGE });
    expect(listOf(messages).map(({ media }) => media)).toMatchObject([
      { video: false, document: { attributes: [] } },
      { document: { attributes: [name] } },
      { document: { attributes: [sticker] } },
      { voice: true, document: { attributes: [{ voice: true, waveform: Buffer.from([1, 2]) }] } },
      { document: { attributes: [{ title: 'T', performer: 'P', duration: 7 }] } },
      { document: { attributes: [{ nosound: true }, { _: 'documentAttributeAnimated' }] } },
      { round: true, document: { attributes: [{ round_message: true }] } },
      { video: true, document: { mime_type: 'a/b', size: 1n, attributes: [video, name] } },
    ]);
  });

  test('a caption has the limit of the account, and may be empty', async () => {
    await files.send(await files.photo(), { message: 'x'.repeat(1_024) });
    await expect(files.send(await files.photo(), { message: 'x'.repeat(1_025) })).rejects.toThrow(
      'MEDIA_CAPTION_TOO_LONG',
    );
    telegram.control.createAccount({ phone: '+79991234567', first_name: 'Eva', premium: true });
    const eva = telegram.client('eva');
    await eva.signIn('+79991234567');
    await eva.value('upload.saveFilePart', { file_id: 1n, file_part: 0, bytes: pngOf(8, 8) });
    const file = { _: 'inputFile', id: 1n, parts: 1, name: '', md5_checksum: '' };
    const media = { _: 'inputMediaUploadedPhoto', file };
    await eva.call('messages.sendMedia', { peer: SELF, media, message: 'x'.repeat(4_096), random_id: 1n });
    await expect(
      eva.call('messages.sendMedia', { peer: SELF, media, message: 'x'.repeat(4_097), random_id: 2n }),
    ).rejects.toThrow('MEDIA_CAPTION_TOO_LONG');
  });

  test('a repeated random_id sends nothing a second time', async () => {
    const media = await files.photo();
    await files.send(media, { random_id: 77n });
    await expect(files.send(media, { random_id: 77n })).rejects.toThrow('RANDOM_ID_DUPLICATE');
    telegram.control.changeSettings({ repeated_random_id: 'original' });
    expect(await files.send(media, { random_id: 77n })).toMatchObject({
      updates: [{ _: 'updateMessageID', id: 1 }, { message: { media: { _: 'messageMediaPhoto' } } }],
    });
    expect(telegram.control.deliveries('77')).toMatchObject({ arrived: 3, messages: 1 });
  });

  test('media is silent, a reply, and has entities like a text', async () => {
    await alice.send(toBob, 'a question');
    const entities = [{ _: 'messageEntityBold', offset: 0, length: 1 }];
    const reply_to = { _: 'inputReplyToMessage', reply_to_msg_id: 1 };
    await files.send(await files.photo(), { message: 'an answer', entities, reply_to, silent: true });
    expect(telegram.control.messages()[1]).toMatchObject({
      text: 'an answer',
      reply_to: 1,
      silent: true,
      entities: [{ type: 'bold', offset: 0, length: 1 }],
    });
  });

  test('an album is sent as one, and a repeated one not again', async () => {
    const items = [
      await files.stored(await files.photo()),
      await files.stored(await files.photo(pngOf(9, 9))),
    ];
    const again = files.nextId;
    const answer = await files.sendAlbum(items, ['first']);
    expect(listOf(answer['updates']).map(({ _ }) => _)).toEqual([
      'updateMessageID',
      'updateMessageID',
      'updateNewMessage',
      'updateNewMessage',
    ]);
    const sent = telegram.control.messages();
    expect(sent).toMatchObject([{ text: 'first' }, { text: '' }]);
    expect(new Set(sent.map(({ grouped_id }) => grouped_id)).size).toBe(1);
    expect(sent[0]?.grouped_id).toMatch(/^-?\d+$/);
    expect(telegram.pushes.at(-1)?.updates['updates']).toHaveLength(2);
    files.nextId = again;
    await expect(files.sendAlbum(items)).rejects.toThrow('RANDOM_ID_DUPLICATE');
    telegram.control.changeSettings({ repeated_random_id: 'original' });
    files.nextId = again;
    expect(listOf((await files.sendAlbum(items))['updates'])).toMatchObject([
      { id: 1, random_id: again },
      { id: 2, random_id: again + 1n },
      {},
      {},
    ]);
    expect(telegram.control.messages()).toHaveLength(2);
    expect(telegram.control.deliveries(String(again))).toMatchObject({ arrived: 3, messages: 1 });
  });

  test('an album is refused as a whole', async () => {
    const video = { _: 'documentAttributeVideo', duration: 1, w: 1, h: 1 };
    const [picture, film, file] = [
      await files.stored(await files.photo()),
      await files.stored(await files.document(Buffer.from('v'), video)),
      await files.stored(await files.document(Buffer.from('d'))),
    ];
    await expect(files.sendAlbum([picture, file])).rejects.toThrow('MEDIA_GROUPED_INVALID');
    await expect(files.sendAlbum(Array<TlObject>(11).fill(picture))).rejects.toThrow('MULTI_MEDIA_TOO_LONG');
    await expect(files.sendAlbum([])).rejects.toThrow('MEDIA_EMPTY');
    await expect(files.sendAlbum([picture, await files.photo()])).rejects.toThrow('MEDIA_INVALID');
    await expect(files.sendAlbum([picture, film], ['', 'x'.repeat(1_025)])).rejects.toThrow(
      'MEDIA_CAPTION_TOO_LONG',
    );
    expect(telegram.control.messages()).toEqual([]);
    await files.sendAlbum([picture, film]);
    expect(telegram.control.messages()).toHaveLength(2);
  });

  test('a stored file is sent by its id, and only with a reference that is valid', async () => {
    const media = await files.stored(await files.photo());
    await files.send(media);
    telegram.control.addFileFault({ file_reference: 'expired', phone: ALICE });
    expect(telegram.control.faults()).toEqual([{ file_reference: 'expired', times: 1, user_id: aliceId }]);
    await expect(files.send(media)).rejects.toThrow('FILE_REFERENCE_EXPIRED');
    await expect(files.send(media)).rejects.toThrow('FILE_REFERENCE_EXPIRED');
    expect(telegram.control.faults()).toEqual([]);
    const { messages } = await alice.call('messages.getHistory', { peer: toBob, ...PAGE });
    const fresh = listOf(messages)[0]?.['media'];
    const again = isTlObject(fresh) && isTlObject(fresh['photo']) ? fresh['photo']['file_reference'] : null;
    const id = media['id'];
    if (!isTlObject(id)) throw new Error('no file');
    await files.send({ ...media, id: { ...id, file_reference: again } });
    for (const [changed, error] of [
      [{ file_reference: Buffer.alloc(0) }, 'FILE_REFERENCE_EMPTY'],
      [{ file_reference: Buffer.alloc(13) }, 'FILE_REFERENCE_INVALID'],
      [{ access_hash: 1n }, 'MEDIA_EMPTY'],
      [{ id: 1n }, 'MEDIA_EMPTY'],
    ] as const)
      await expect(files.send({ ...media, id: { ...id, ...changed } })).rejects.toThrow(error);
  });

  test('parts that went missing must be uploaded again', async () => {
    const bytes = pngOf(8, 8);
    const media = await files.photo(bytes);
    telegram.control.addFileFault({ file_parts: 'missing' });
    await expect(files.send(media)).rejects.toThrow('FILE_PART_0_MISSING');
    await expect(files.send(media)).rejects.toThrow('FILE_PART_0_MISSING');
    await files.send(await files.photo(bytes));
    expect(telegram.control.messages()).toMatchObject([{ media: { sha256: sha256(bytes) } }]);
  });

  test.each([
    ['inputMediaEmpty', {}, 'MEDIA_EMPTY'],
    ['inputMediaPhotoExternal', { url: 'https://example.org/x.png' }, 'WEBPAGE_CURL_FAILED'],
    ['inputMediaDice', { emoticon: '🎲' }, 'MEDIA_INVALID'],
  ])('%s is refused', async (_, fields, error) => {
    await expect(files.send({ _, ...fields })).rejects.toThrow(error);
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
