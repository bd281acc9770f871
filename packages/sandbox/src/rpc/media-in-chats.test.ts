import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pngOf } from '../control/png.ts';
import type { DirectClient, DirectTelegram } from '../testing/direct-telegram.ts';
import { SentFiles } from '../testing/sent-files.ts';
import { PAGE, SELF, twoPeople } from '../testing/two-people.ts';
import type { TlObject, TlValue } from '../types.ts';
import { isTlObject } from './fields.ts';

const KB = 1024;

describe('media in chats', () => {
  let telegram: DirectTelegram;
  let alice: DirectClient;
  let toBob: TlObject;
  let files: SentFiles;
  beforeEach(async () => {
    const people = await twoPeople();
    ({ telegram, alice, toBob } = people);
    files = new SentFiles(people);
  });
  afterEach(() => telegram.files.close());

  test('an edit changes the caption, or the media, within an album too', async () => {
    await files.sendAlbum(
      [await files.stored(await files.photo()), await files.stored(await files.photo())],
      ['before'],
    );
    const edit = (params: Record<string, TlValue>): Promise<TlObject> =>
      alice.call('messages.editMessage', { peer: toBob, id: 1, ...params });
    await edit({ message: 'after' });
    await edit({ media: await files.photo(pngOf(9, 9)) });
    await expect(edit({ media: await files.document(Buffer.from('x')) })).rejects.toThrow(
      'MEDIA_GROUPED_INVALID',
    );
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
    await files.send(await files.document(Buffer.from('x'), voice));
    const edit = async (id: number, media: TlObject): Promise<TlObject> =>
      alice.call('messages.editMessage', { peer: toBob, id, media });
    await expect(edit(1, await files.document(Buffer.from('x'), voice))).rejects.toThrow('MEDIA_NEW_INVALID');
    await expect(edit(2, await files.photo())).rejects.toThrow('MEDIA_PREV_INVALID');
    await edit(1, await files.photo());
    expect(telegram.control.messages()[0]).toMatchObject({ text: 'a text', media: { type: 'photo' } });
  });

  test('forwards keep the files, and an album stays one', async () => {
    await files.sendAlbum(
      [await files.stored(await files.photo()), await files.stored(await files.photo())],
      ['caption'],
    );
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
    await files.send(await files.photo(), { message: 'cat' });
    await files.send(await files.document(Buffer.from('x')));
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
      const thumb = await files.upload(pngOf(5, 4));
      const media = await files.stored({ ...(await files.document(bytes)), thumb });
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
