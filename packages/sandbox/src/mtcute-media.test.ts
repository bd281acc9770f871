import { createHash, randomBytes } from 'node:crypto';
import { InputMedia, Long } from '@mtcute/core';
import type { Message, TelegramClient } from '@mtcute/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pngOf } from './control/png.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { signedIn, type SignedIn } from './testing/mtcute-users.ts';

/** What mtcute does with files, and what the other side's mtcute sees of them. */
describe('mtcute', () => {
  let sandbox: Sandbox;
  let alice: SignedIn;
  let bob: SignedIn;
  beforeEach(async () => {
    sandbox = await createSandbox();
    sandbox.control.createAccount({ phone: '+9996621002', first_name: 'Bob', username: 'bob_in_2' });
    [alice, bob] = await Promise.all([signedIn(sandbox, '+9996621001'), signedIn(sandbox, '+9996621002')]);
  });
  afterEach(() => sandbox.close());

  test('sends a photo with a caption, and the other side sees it', async () => {
    const photo = pngOf(64, 48);
    const peer = await alice.client.resolvePhoneNumber('+9996621002');
    const media = InputMedia.photo(photo, { fileName: 'cat.png', spoiler: true });
    const sent = await alice.client.sendMedia(peer, media, { caption: 'a cat' });
    expect(sent).toMatchObject({ text: 'a cat', media: { type: 'photo', width: 64, height: 48 } });
    await expect.poll(() => bob.received).toEqual(['a cat']);
    const [received] = await bob.client.getHistory(alice.id);
    expect(received?.media).toMatchObject({ type: 'photo', hasSpoiler: true });
    expect(await downloaded(bob.client, received)).toEqual(photo);
    expect(sandbox.control.messages({ from: alice.id })).toMatchObject([
      {
        text: 'a cat',
        media: {
          type: 'photo',
          size: photo.length,
          sha256: sha256(photo),
          mime_type: 'image/png',
          file_name: 'cat.png',
          spoiler: true,
        },
      },
    ]);
  });

  test('sends a document of many parts, on further connections of the same key', async () => {
    const document = randomBytes(300 * 1024 + 123);
    const peer = await alice.client.resolvePhoneNumber('+9996621002');
    const file = { file: document, fileName: 'data.bin', fileMime: 'application/x-data', partSize: 32 };
    await alice.client.sendMedia(peer, InputMedia.document(await alice.client.uploadFile(file)));
    expect(sandbox.control.messages({ from: alice.id })).toMatchObject([
      {
        text: '',
        media: {
          type: 'document',
          size: document.length,
          sha256: sha256(document),
          mime_type: 'application/x-data',
          file_name: 'data.bin',
        },
      },
    ]);
    await expect.poll(() => bob.received).toEqual(['']);
    const [received] = await bob.client.getHistory(alice.id);
    expect(received?.media).toMatchObject({
      type: 'document',
      fileName: 'data.bin',
      fileSize: document.length,
    });
    expect(document.equals(await downloaded(bob.client, received))).toBe(true);
    expect(sandbox.control.counters()).toMatchObject({ duplicated: 0 });
  });

  test('sends a document uploaded as a big file, whose parts arrive in any order', async () => {
    const document = randomBytes(5 * 64 * 1024 - 7);
    const fileId = Long.fromNumber(77);
    await Promise.all(
      [4, 1, 3, 0, 2].map((filePart) =>
        alice.client.call(
          {
            _: 'upload.saveBigFilePart',
            fileId,
            filePart,
            fileTotalParts: 5,
            bytes: document.subarray(filePart * 65_536, (filePart + 1) * 65_536),
          },
          { kind: 'upload' },
        ),
      ),
    );
    const file = { _: 'inputFileBig', id: fileId, parts: 5, name: 'big.bin' } as const;
    const media = { _: 'inputMediaUploadedDocument' as const, file, mimeType: 'a/b', attributes: [] };
    const sent = await alice.client.sendMedia('me', media);
    expect(sandbox.control.messages({ from: alice.id })).toMatchObject([
      { media: { size: document.length, sha256: sha256(document), file_name: 'big.bin' } },
    ]);
    expect(document.equals(await downloaded(alice.client, sent))).toBe(true);
  });

  test('sends an album, edits its caption and forwards it', async () => {
    const peer = await alice.client.resolvePhoneNumber('+9996621002');
    const pictures = [pngOf(4, 3), pngOf(5, 3), pngOf(6, 3)];
    const album = await alice.client.sendMediaGroup(
      peer,
      pictures.map((picture, index) => InputMedia.photo(picture, index === 0 ? { caption: 'an album' } : {})),
    );
    await expect.poll(() => bob.received).toEqual(['an album', '', '']);
    const received = (await bob.client.getHistory(alice.id)).toReversed();
    expect(await Promise.all(received.map((message) => downloaded(bob.client, message)))).toEqual(pictures);
    expect(new Set(received.map(({ groupedId }) => String(groupedId))).size).toBe(1);

    const first = album[0]?.id ?? 0;
    const edited = await alice.client.editMessage({ chatId: peer, message: first, text: 'our album' });
    expect(edited).toMatchObject({ text: 'our album', media: { type: 'photo', width: 4 } });
    const media = InputMedia.photo(pngOf(7, 3), { caption: 'another picture' });
    await alice.client.editMessage({ chatId: peer, message: first, media });
    const ids = received.map(({ id }) => id);
    const forwarded = await bob.client.forwardMessagesById({
      fromChatId: alice.id,
      messages: ids,
      toChatId: 'me',
    });
    expect(await downloaded(bob.client, forwarded[0])).toEqual(pngOf(7, 3));
    expect(sandbox.control.messages({ from: bob.id })).toMatchObject([
      { text: 'another picture', media: { width: 7 } },
      { media: { width: 5 } },
      { media: { width: 6 } },
    ]);
  });

  test('sends places, contacts and polls', async () => {
    const place = await alice.client.sendMedia('bob_in_2', InputMedia.geo(52.5, 13.4));
    expect(place.media).toMatchObject({ type: 'location', latitude: 52.5 });
    const contact = { phone: '+123', firstName: 'Eva' };
    expect((await alice.client.sendMedia('bob_in_2', InputMedia.contact(contact))).media).toMatchObject({
      type: 'contact',
      firstName: 'Eva',
    });
    const quiz = { question: 'Tea?', answers: ['yes', 'no'], correct: 1 };
    const { media } = await alice.client.sendMedia('me', InputMedia.quiz(quiz));
    expect(media).toMatchObject({ type: 'poll', question: 'Tea?', isQuiz: true });
    expect(sandbox.control.messages({ from: alice.id }).at(-1)).toMatchObject({
      media: { type: 'poll', options: ['yes', 'no'], correct_option: 1 },
    });
  });

  test('downloads from the data centre of a file', async () => {
    const eva = await signedIn(sandbox, '+9996611003');
    const sent = await eva.client.sendMedia('bob_in_2', InputMedia.photo(pngOf(8, 8)));
    expect(sent.media).toMatchObject({ type: 'photo' });
    await expect.poll(() => bob.received).toEqual(['']);
    const [received] = await bob.client.getHistory(eva.id);
    expect(await downloaded(bob.client, received)).toEqual(pngOf(8, 8));
  });
});

async function downloaded(client: TelegramClient, message: Message | undefined): Promise<Buffer> {
  const media = message?.media;
  if (media?.type !== 'photo' && media?.type !== 'document') throw new Error('the message has no file');
  return Buffer.from(await client.downloadAsBuffer(media));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
