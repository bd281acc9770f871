import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pngOf } from '../control/png.ts';
import { DirectTelegram, type DirectClient } from '../testing/direct-telegram.ts';
import { listOf } from '../testing/inputs.ts';
import type { TlObject, TlValue } from '../types.ts';
import { isTlObject } from './fields.ts';

const ALICE = '+9996621001';
const BOB = '+9996621002';
const SELF = { _: 'inputPeerSelf' };
const KB = 1024;

describe('media', () => {
  let telegram: DirectTelegram;
  let alice: DirectClient;
  let aliceId: number;
  let toBob: TlObject;
  let nextId: bigint;
  beforeEach(async () => {
    telegram = new DirectTelegram();
    alice = telegram.client('alice');
    aliceId = await alice.signIn(ALICE);
    await telegram.client('bob').signIn(BOB);
    toBob = await alice.peerOf(BOB);
    nextId = 1n;
  });
  afterEach(() => telegram.files.close());

  /** Uploads bytes by `upload.saveFilePart`. @returns the `inputFile`. */
  async function upload(bytes: Buffer, name = '', partSize = 512 * KB): Promise<TlObject> {
    const file_id = nextId++;
    const parts = Math.ceil(bytes.length / partSize);
    for (let file_part = 0; file_part < parts; file_part += 1) {
      const part = bytes.subarray(file_part * partSize, (file_part + 1) * partSize);
      await alice.value('upload.saveFilePart', { file_id, file_part, bytes: part });
    }
    return { _: 'inputFile', id: file_id, parts, name, md5_checksum: '' };
  }

  async function photo(bytes = pngOf(8, 8), name = ''): Promise<TlObject> {
    return { _: 'inputMediaUploadedPhoto', file: await upload(bytes, name) };
  }

  async function document(bytes: Buffer, ...attributes: TlObject[]): Promise<TlObject> {
    return { _: 'inputMediaUploadedDocument', file: await upload(bytes), mime_type: 'a/b', attributes };
  }

  function send(media: TlObject, params: Record<string, TlValue> = {}, peer = toBob): Promise<TlObject> {
    return alice.call('messages.sendMedia', { peer, media, message: '', random_id: nextId++, ...params });
  }

  /** Stores a file by `messages.uploadMedia`. @returns it as an `InputMedia`. */
  async function stored(media: TlObject): Promise<TlObject> {
    const answer = await alice.call('messages.uploadMedia', { peer: toBob, media });
    const isPhoto = answer._ === 'messageMediaPhoto';
    const file = answer[isPhoto ? 'photo' : 'document'];
    if (!isTlObject(file)) throw new Error('nothing was stored');
    const { id, access_hash, file_reference } = file;
    const input = { _: isPhoto ? 'inputPhoto' : 'inputDocument', id, access_hash, file_reference };
    return { _: isPhoto ? 'inputMediaPhoto' : 'inputMediaDocument', id: input };
  }

  async function sendAlbum(items: TlObject[], captions: string[] = [], peer = toBob): Promise<TlObject> {
    const multi_media = items.map((media, index) => ({
      _: 'inputSingleMedia',
      media,
      random_id: nextId++,
      message: captions[index] ?? '',
    }));
    return alice.call('messages.sendMultiMedia', { peer, multi_media });
  }

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
    await send({ _: 'inputMediaUploadedDocument', file, mime_type: 'a/b', attributes: [] });
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
    await send({ _: 'inputMediaUploadedDocument', file, mime_type: 'a/b', attributes: [] });
    expect(telegram.control.messages()).toMatchObject([{ media: { sha256: sha256(bytes) } }]);
  });

  test('a file has only as many parts as the message says', async () => {
    const bytes = randomBytes(3 * KB);
    const file = { ...(await upload(bytes, '', KB)), parts: 2 };
    await send({ _: 'inputMediaUploadedDocument', file, mime_type: 'a/b', attributes: [] });
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
    const file = { ...(await upload(randomBytes(2 * KB), '', KB)), ...params };
    const media = { _: 'inputMediaUploadedDocument', file, mime_type: 'a/b', attributes: [] };
    await expect(send(media)).rejects.toThrow(error);
    expect(telegram.control.messages()).toEqual([]);
  });

  test('another account cannot use an upload', async () => {
    const media = await photo();
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
    await expect(send(await photo(bytes, name))).rejects.toMatchObject({ code: 400, message: error });
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
      await send(await document(Buffer.from('x'), ...attributes));
    await send({ ...(await document(Buffer.from('x'), video)), force_file: true });
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
    await send(await photo(), { message: 'x'.repeat(1_024) });
    await expect(send(await photo(), { message: 'x'.repeat(1_025) })).rejects.toThrow(
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
    const media = await photo();
    await send(media, { random_id: 77n });
    await expect(send(media, { random_id: 77n })).rejects.toThrow('RANDOM_ID_DUPLICATE');
    telegram.control.changeSettings({ repeated_random_id: 'original' });
    expect(await send(media, { random_id: 77n })).toMatchObject({
      updates: [{ _: 'updateMessageID', id: 1 }, { message: { media: { _: 'messageMediaPhoto' } } }],
    });
    expect(telegram.control.deliveries('77')).toMatchObject({ arrived: 3, messages: 1 });
  });

  test('media is silent, a reply, and has entities like a text', async () => {
    await alice.send(toBob, 'a question');
    const entities = [{ _: 'messageEntityBold', offset: 0, length: 1 }];
    const reply_to = { _: 'inputReplyToMessage', reply_to_msg_id: 1 };
    await send(await photo(), { message: 'an answer', entities, reply_to, silent: true });
    expect(telegram.control.messages()[1]).toMatchObject({
      text: 'an answer',
      reply_to: 1,
      silent: true,
      entities: [{ type: 'bold', offset: 0, length: 1 }],
    });
  });

  test('an album is sent as one, and a repeated one not again', async () => {
    const items = [await stored(await photo()), await stored(await photo(pngOf(9, 9)))];
    const again = nextId;
    const answer = await sendAlbum(items, ['first']);
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
    nextId = again;
    await expect(sendAlbum(items)).rejects.toThrow('RANDOM_ID_DUPLICATE');
    telegram.control.changeSettings({ repeated_random_id: 'original' });
    nextId = again;
    expect(listOf((await sendAlbum(items))['updates'])).toMatchObject([
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
      await stored(await photo()),
      await stored(await document(Buffer.from('v'), video)),
      await stored(await document(Buffer.from('d'))),
    ];
    await expect(sendAlbum([picture, file])).rejects.toThrow('MEDIA_GROUPED_INVALID');
    await expect(sendAlbum(Array<TlObject>(11).fill(picture))).rejects.toThrow('MULTI_MEDIA_TOO_LONG');
    await expect(sendAlbum([])).rejects.toThrow('MEDIA_EMPTY');
    await expect(sendAlbum([picture, await photo()])).rejects.toThrow('MEDIA_INVALID');
    await expect(sendAlbum([picture, film], ['', 'x'.repeat(1_025)])).rejects.toThrow(
      'MEDIA_CAPTION_TOO_LONG',
    );
    expect(telegram.control.messages()).toEqual([]);
    await sendAlbum([picture, film]);
    expect(telegram.control.messages()).toHaveLength(2);
  });

  test('a stored file is sent by its id, and only with a reference that is valid', async () => {
    const media = await stored(await photo());
    await send(media);
    telegram.control.addFileFault({ file_reference: 'expired', phone: ALICE });
    expect(telegram.control.faults()).toEqual([{ file_reference: 'expired', times: 1, user_id: aliceId }]);
    await expect(send(media)).rejects.toThrow('FILE_REFERENCE_EXPIRED');
    await expect(send(media)).rejects.toThrow('FILE_REFERENCE_EXPIRED');
    expect(telegram.control.faults()).toEqual([]);
    const { messages } = await alice.call('messages.getHistory', { peer: toBob, ...PAGE });
    const fresh = listOf(messages)[0]?.['media'];
    const again = isTlObject(fresh) && isTlObject(fresh['photo']) ? fresh['photo']['file_reference'] : null;
    const id = media['id'];
    if (!isTlObject(id)) throw new Error('no file');
    await send({ ...media, id: { ...id, file_reference: again } });
    for (const [changed, error] of [
      [{ file_reference: Buffer.alloc(0) }, 'FILE_REFERENCE_EMPTY'],
      [{ file_reference: Buffer.alloc(13) }, 'FILE_REFERENCE_INVALID'],
      [{ access_hash: 1n }, 'MEDIA_EMPTY'],
      [{ id: 1n }, 'MEDIA_EMPTY'],
    ] as const)
      await expect(send({ ...media, id: { ...id, ...changed } })).rejects.toThrow(error);
  });

  test('parts that went missing must be uploaded again', async () => {
    const bytes = pngOf(8, 8);
    const media = await photo(bytes);
    telegram.control.addFileFault({ file_parts: 'missing' });
    await expect(send(media)).rejects.toThrow('FILE_PART_0_MISSING');
    await expect(send(media)).rejects.toThrow('FILE_PART_0_MISSING');
    await send(await photo(bytes));
    expect(telegram.control.messages()).toMatchObject([{ media: { sha256: sha256(bytes) } }]);
  });

  test.each([
    ['inputMediaEmpty', {}, 'MEDIA_EMPTY'],
    ['inputMediaPhotoExternal', { url: 'https://example.org/x.png' }, 'WEBPAGE_CURL_FAILED'],
    ['inputMediaDice', { emoticon: '🎲' }, 'MEDIA_INVALID'],
  ])('%s is refused', async (_, fields, error) => {
    await expect(send({ _, ...fields })).rejects.toThrow(error);
  });

  const point = { _: 'inputGeoPoint', lat: 52.5, long: 13.4, accuracy_radius: 30 };
  const contact = { phone_number: BOB, first_name: 'Bob', last_name: '', vcard: '' };
  const live = { _: 'inputMediaGeoLive', geo_point: point, period: 60 };

  test('locations and contacts are sent', async () => {
    await send({ _: 'inputMediaGeoPoint', geo_point: point });
    await send(live);
    await send({ _: 'inputMediaContact', ...contact });
    expect(telegram.control.messages().map(({ media }) => media)).toEqual([
      { type: 'location', latitude: 52.5, longitude: 13.4, accuracy: 30 },
      { type: 'location', latitude: 52.5, longitude: 13.4, accuracy: 30, live_seconds: 60 },
      { type: 'contact', phone_number: BOB, first_name: 'Bob' },
    ]);
    const { messages } = await alice.call('messages.getHistory', { peer: toBob, ...PAGE });
    expect(listOf(messages).map(({ media }) => media)).toMatchObject([
      { _: 'messageMediaContact', first_name: 'Bob', user_id: toBob['user_id'] },
      { _: 'messageMediaGeoLive', period: 60 },
      { _: 'messageMediaGeo', geo: { lat: 52.5, long: 13.4 } },
    ]);
    const moved = { ...live, geo_point: { ...point, lat: 52.6 } };
    await alice.call('messages.editMessage', { peer: toBob, id: 2, media: moved });
    expect(telegram.control.messages()[1]?.media).toMatchObject({ latitude: 52.6 });
    await expect(alice.call('messages.editMessage', { peer: toBob, id: 1, media: moved })).rejects.toThrow(
      'MEDIA_PREV_INVALID',
    );
  });

  test('a poll is sent to a group, to oneself, and not to a person', async () => {
    const group = { title: 'G', kind: 'group' as const, members: [aliceId] };
    const { id } = telegram.control.createChat(group);
    const peer = { _: 'inputPeerChat', chat_id: BigInt(-id) };
    await send(pollOf({ multiple_choice: true }), {}, peer);
    await send(pollOf({ quiz: true, public_voters: true }, [Buffer.from('1')]), {}, SELF);
    expect(telegram.control.messages().map(({ media }) => media)).toEqual([
      { type: 'poll', question: 'Tea?', options: ['yes', 'no'], multiple: true, anonymous: true },
      {
        type: 'poll',
        question: 'Tea?',
        options: ['yes', 'no'],
        multiple: false,
        anonymous: false,
        correct_option: 1,
      },
    ]);
    await expect(send(pollOf())).rejects.toThrow('MEDIA_INVALID');
  });

  test.each<[string, TlObject, string]>([
    ['a latitude beyond the pole', { ...live, geo_point: { ...point, lat: 91 } }, 'GEO_POINT_INVALID'],
    ['no place', { ...live, geo_point: { _: 'inputGeoPointEmpty' } }, 'GEO_POINT_INVALID'],
    ['a live location of a moment', { ...live, period: 59 }, 'MEDIA_INVALID'],
    [
      'a contact without a name',
      { _: 'inputMediaContact', ...contact, first_name: ' ' },
      'CONTACT_NAME_EMPTY',
    ],
    [
      'a contact without a phone',
      { _: 'inputMediaContact', ...contact, phone_number: '' },
      'PHONE_NUMBER_EMPTY',
    ],
    ['a poll without a question', pollOf({ question: textOf('') }), 'POLL_QUESTION_INVALID'],
    ['a poll with one answer', pollOf({ answers: [answerOf('yes', 0)] }), 'POLL_ANSWERS_INVALID'],
    [
      'a poll with an empty answer',
      pollOf({ answers: [answerOf('', 0), answerOf('no', 1)] }),
      'POLL_ANSWER_INVALID',
    ],
    [
      'a poll with one option twice',
      pollOf({ answers: [answerOf('a', 0), answerOf('b', 0)] }),
      'POLL_OPTION_DUPLICATE',
    ],
    ['a quiz without a right answer', pollOf({ quiz: true }), 'QUIZ_CORRECT_ANSWERS_EMPTY'],
    [
      'a quiz with another right answer',
      pollOf({ quiz: true }, [Buffer.from('9')]),
      'QUIZ_CORRECT_ANSWER_INVALID',
    ],
    ['a quiz with several answers', pollOf({ quiz: true, multiple_choice: true }), 'QUIZ_MULTIPLE_INVALID'],
  ])('%s is refused', async (_name, media, error) => {
    await expect(send(media, {}, SELF)).rejects.toThrow(error);
  });

  test('an edit changes the caption, or the media, within an album too', async () => {
    await sendAlbum([await stored(await photo()), await stored(await photo())], ['before']);
    const edit = (params: Record<string, TlValue>): Promise<TlObject> =>
      alice.call('messages.editMessage', { peer: toBob, id: 1, ...params });
    await edit({ message: 'after' });
    await edit({ media: await photo(pngOf(9, 9)) });
    await expect(edit({ media: await document(Buffer.from('x')) })).rejects.toThrow('MEDIA_GROUPED_INVALID');
    expect(telegram.control.messages()).toMatchObject([
      { text: 'after', media: { width: 9 }, edit_date: expect.any(String) },
      { text: '', media: { width: 8 } },
    ]);
    await edit({ message: '' });
    expect(telegram.control.messages()).toMatchObject([{ text: '', media: { width: 9 } }, {}]);
  });

  test('only some media can replace other media', async () => {
    await alice.send(toBob, 'a text');
    const voice = { _: 'documentAttributeAudio', voice: true, duration: 1 };
    await send(await document(Buffer.from('x'), voice));
    const edit = async (id: number, media: TlObject): Promise<TlObject> =>
      alice.call('messages.editMessage', { peer: toBob, id, media });
    await expect(edit(1, await document(Buffer.from('x'), voice))).rejects.toThrow('MEDIA_NEW_INVALID');
    await expect(edit(2, await photo())).rejects.toThrow('MEDIA_PREV_INVALID');
    await edit(1, await photo());
    expect(telegram.control.messages()[0]).toMatchObject({ text: 'a text', media: { type: 'photo' } });
  });

  test('forwards keep the files, and an album stays one', async () => {
    await sendAlbum([await stored(await photo()), await stored(await photo())], ['caption']);
    const forward = { from_peer: toBob, to_peer: SELF, id: [1, 2], random_id: [91n, 92n] };
    await alice.call('messages.forwardMessages', forward);
    const [first, , third, fourth] = telegram.control.messages();
    expect([third, fourth]).toMatchObject([{ text: 'caption', media: first?.media }, { text: '' }]);
    expect(third?.grouped_id).toBe(fourth?.grouped_id);
    expect(third?.grouped_id).not.toBe(first?.grouped_id);
    const without = { drop_media_captions: true, drop_author: true, random_id: [93n, 94n] };
    await alice.call('messages.forwardMessages', { ...forward, ...without });
    expect(telegram.control.messages()[4]).toMatchObject({ text: '', media: first?.media });
  });

  test('a search finds files by their type', async () => {
    await send(await photo(), { message: 'cat' });
    await send(await document(Buffer.from('x')));
    const find = async (filter: string, q = ''): Promise<TlValue> => {
      const dates = { min_date: 0, max_date: 0 };
      const search = { peer: toBob, q, filter: { _: filter }, ...dates, ...PAGE };
      return (await alice.call('messages.search', search))['messages'];
    };
    expect(await find('inputMessagesFilterPhotos')).toMatchObject([{ id: 1 }]);
    expect(await find('inputMessagesFilterDocument')).toMatchObject([{ id: 2 }]);
    expect(await find('inputMessagesFilterPhotoVideo', 'dog')).toEqual([]);
    expect(await find('inputMessagesFilterEmpty', 'cat')).toMatchObject([{ id: 1 }]);
  });

  describe('a download', () => {
    const bytes = randomBytes(5 * KB);
    let location: TlObject;
    beforeEach(async () => {
      const thumb = await upload(pngOf(5, 4));
      const media = await stored({ ...(await document(bytes)), thumb });
      const id = media['id'];
      if (!isTlObject(id)) throw new Error('no file');
      location = { ...id, _: 'inputDocumentFileLocation', thumb_size: '' };
    });

    function get(
      params: Record<string, TlValue> = {},
      changes: Record<string, TlValue> = {},
    ): Promise<TlObject> {
      const where = { ...location, ...changes };
      return alice.call('upload.getFile', { location: where, offset: 0n, limit: 4 * KB, ...params });
    }

    test('gets a range of a file, and its thumbnail', async () => {
      expect(await get()).toMatchObject({
        type: { _: 'storage.fileUnknown' },
        bytes: bytes.subarray(0, 4 * KB),
      });
      expect(await get({ offset: BigInt(4 * KB) })).toMatchObject({ bytes: bytes.subarray(4 * KB) });
      expect(await get({ offset: BigInt(8 * KB) })).toMatchObject({ bytes: Buffer.alloc(0) });
      expect(await get({ precise: true, offset: BigInt(3 * KB), limit: KB })).toMatchObject({
        bytes: bytes.subarray(3 * KB, 4 * KB),
      });
      expect(await get({}, { thumb_size: 'm' })).toMatchObject({ bytes: pngOf(5, 4) });
    });

    test.each<[Record<string, TlValue>, Record<string, TlValue>, string]>([
      [{ offset: 1n }, {}, 'OFFSET_INVALID'],
      [{ offset: BigInt(KB) }, {}, 'OFFSET_INVALID'],
      [{ limit: 3 * KB }, {}, 'LIMIT_INVALID'],
      [{ limit: 12 * KB }, {}, 'LIMIT_INVALID'],
      [{ limit: 0 }, {}, 'LIMIT_INVALID'],
      [{ limit: 2 * KB * KB }, {}, 'LIMIT_INVALID'],
      [{ precise: true, offset: BigInt(1_023 * KB), limit: 2 * KB }, {}, 'LIMIT_INVALID'],
      [{}, { thumb_size: 'y' }, 'LOCATION_INVALID'],
      [{}, { id: 1n }, 'FILE_ID_INVALID'],
      [{}, { _: 'inputPhotoFileLocation' }, 'LOCATION_INVALID'],
      [{}, { file_reference: Buffer.alloc(0) }, 'FILE_REFERENCE_EMPTY'],
    ])('with %o and %o is refused', async (params, changes, error) => {
      await expect(get(params, changes)).rejects.toMatchObject({ code: 400, message: error });
    });

    test("is done at the file's data centre, after importing the sign-in", async () => {
      const here = telegram.client('alice in 3', 3);
      const { id, bytes: ticket } = await alice.call('auth.exportAuthorization', { dc_id: 3 });
      await here.call('auth.importAuthorization', { id, bytes: ticket });
      await expect(
        here.call('upload.getFile', { location, offset: 0n, limit: 4 * KB }),
      ).rejects.toMatchObject({
        code: 303,
        message: 'FILE_MIGRATE_2',
      });
    });
  });
});

function pollOf(params: Record<string, TlValue> = {}, correct?: Buffer[]): TlObject {
  const answers = [answerOf('yes', 0), answerOf('no', 1)];
  const poll = { _: 'poll', id: 0n, question: textOf('Tea?'), answers, ...params };
  return { _: 'inputMediaPoll', poll, correct_answers: correct };
}

function answerOf(text: string, option: number): TlObject {
  return { _: 'pollAnswer', text: textOf(text), option: Buffer.from(String(option)) };
}

function textOf(text: string): TlObject {
  return { _: 'textWithEntities', text, entities: [] };
}

const PAGE = { offset_id: 0, offset_date: 0, add_offset: 0, limit: 100, max_id: 0, min_id: 0, hash: 0n };

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
