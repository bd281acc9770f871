import { randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { PNG } from '../../env/png.ts';
import type { Stack } from '../../env/stack.ts';
import { BOB } from '../../env/use-stack.ts';
import { CAROL, type MediaStage, mediaTools, sha256 } from './media-stage.ts';

/** The file of another message. */
export const fromMessages = (stage: () => MediaStage) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, alice, bob } = stage());
  });
  const { upload, send, media, inChat, last } = mediaTools(stage);

  const from = (recipient_id: unknown, message_id: number) => ({ recipient_id, message_id });

  test('is sent again without an upload, alone and in an album, also after its reference has expired', async () => {
    const bytes = randomBytes(3_000);
    const first = await send({ recipient_id: CAROL, ...media(await upload(bytes, 'a.txt')) });
    const source = from(CAROL, first.body.message_id);
    await stack.control.fault({ method: 'upload.saveFilePart', error: 'FILE_PART_INVALID' });
    await stack.control.expireFileReference();
    const key = { Prefer: 'wait=30', 'Idempotency-Key': 'again' };
    const alone = await send({ text: 'again', media: [{ type: 'document', from: source }] }, key);
    expect([alone.status, alone.body.media]).toMatchObject([200, [{ type: 'document', size: 3_000 }]]);
    expect(await last()).toMatchObject({
      text: 'again',
      media: { sha256: sha256(bytes), file_name: 'a.txt' },
    });
    const other = { text: 'again', media: [{ type: 'document', from: from(CAROL, 1) }] };
    expect((await send(other, key)).body.code).toBe('IDEMPOTENCY_MISMATCH');
    await stack.control.clearFaults();
    await stack.control.expireFileReference();
    const items = [
      { type: 'document', from: source, text: 'sent before' },
      { type: 'document', upload_id: await upload(PNG) },
    ];
    expect((await send({ media: items })).status).toBe(200);
    expect((await inChat(bob)).slice(-2)).toMatchObject([
      { text: 'sent before', media: { sha256: sha256(bytes) } },
      { media: { sha256: sha256(PNG) } },
    ]);
  });

  test('is not sent from a message that is not in that chat, has none, or is Telegram’s', async () => {
    await stack.control.write({ from: 777_000, to: alice, text: 'Login code: 12345' });
    // Private chats share one numbering.
    const { body } = await send({ recipient_id: CAROL, text: 'a text' });
    const before = (await inChat(bob)).length;
    for (const [source, code] of [
      [from(BOB, body.message_id), 'MESSAGE_NOT_FOUND'],
      [from(CAROL, 2_000_000_000), 'MESSAGE_NOT_FOUND'],
      [from(777_000, body.message_id - 1), 'MESSAGE_NOT_FOUND'],
      [from(CAROL, body.message_id), 'MEDIA_UNAVAILABLE'],
    ] as const)
      expect((await send({ media: [{ type: 'photo', from: source }] })).body.code).toBe(code);
    expect(await inChat(bob)).toHaveLength(before);
  });
};
