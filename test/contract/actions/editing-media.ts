import { createHash, randomBytes } from 'node:crypto';
import { GatewayClient } from '@gateway/client';
import { beforeAll, expect, test } from 'vitest';
import { otherClient } from '../../env/other-client.ts';
import { PNG } from '../../env/png.ts';
import type { Stack } from '../../env/stack.ts';
import { BOB, type AliceAndBob } from '../../env/use-stack.ts';
import { textsOf } from './texts.ts';

const EDIT = '/telegram/user/message/edit';
const METHOD = 'messages.editMessage';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** POST /telegram/user/message/edit: files. */
export const editingMedia = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, alice, bob } = product());
  });

  const { send: sendTo, shown } = textsOf(product);
  const send = (text: string, more: object = {}) => sendTo(text, BOB, more);
  const file = async (bytes: Uint8Array, type = 'document', more: object = {}) => {
    const client = new GatewayClient({ baseUrl: stack.api.url });
    const { upload_id } = await client.upload('alice', new Uint8Array(bytes), {
      fileName: type === 'photo' ? 'a.png' : 'a.bin',
    });
    return [{ type, upload_id, ...more }];
  };
  const change = (message_id: number, fields: object, headers: Record<string, string> = {}) =>
    stack.api.post(EDIT, { user_id: 'alice', recipient_id: BOB, message_id, ...fields }, headers);
  /** A message with a document. */
  const sendFile = async (text: string) => send(text, { media: await file(randomBytes(2_000)) });

  test('a text becomes the caption of a photo, which another client sees', async () => {
    const { client } = await otherClient(stack, BOB);
    const seen: unknown[] = [];
    client.onEditMessage.add((message) => void seen.push([message.text, message.media?.type]));
    const id = await send('**a text**', { parse_mode: 'markdown' });
    const answer = await change(id, { media: await file(PNG, 'photo') });
    expect(answer).toMatchObject({
      status: 200,
      body: { message_id: id, edit_date: expect.any(String), media: [{ type: 'photo', size: PNG.length }] },
    });
    expect(await shown(id)).toMatchObject({
      text: 'a text',
      entities: [{ type: 'bold', offset: 0, length: 6 }],
      media: { type: 'photo', sha256: sha256(PNG) },
    });
    await expect.poll(() => seen).toEqual([['a text', 'photo']]);
  });

  test('a file takes the place of another; its caption stays, or is replaced', async () => {
    const id = await sendFile('a caption');
    const [first, second] = [randomBytes(600_000), randomBytes(700)];
    expect((await change(id, { media: await file(first) })).status).toBe(200);
    expect(await shown(id)).toMatchObject({ text: 'a caption', media: { sha256: sha256(first) } });
    const [item] = await file(second, 'video', { spoiler: true });
    expect((await change(id, { media: item, text: 'another' })).status).toBe(200);
    expect(await shown(id)).toMatchObject({
      text: 'another',
      media: { type: 'video', sha256: sha256(second), spoiler: true },
    });
    expect((await change(id, { text: 'only the caption' })).status).toBe(200);
    expect(await shown(id)).toMatchObject({
      text: 'only the caption',
      media: { sha256: sha256(second) },
    });
  });

  test('the file of another message is taken without an upload', async () => {
    const [from, id] = [await sendFile('from'), await sendFile('to')];
    const media = [{ type: 'document', from: { recipient_id: BOB, message_id: from } }];
    expect((await change(id, { media })).status).toBe(200);
    expect((await shown(id))?.media?.sha256).toBe((await shown(from))?.media?.sha256);
  });

  test.each(['before', 'after'] as const)(
    'is done once over an answer that was lost %s it took effect',
    async (drop) => {
      const id = await sendFile('lost');
      const bytes = randomBytes(3_000);
      await stack.control.fault({ user_id: alice, method: METHOD, drop });
      const { status, body } = await change(id, { media: await file(bytes), text: `found ${drop}` });
      expect([status, body.media]).toMatchObject([200, [{ size: bytes.length }]]);
      expect(await shown(id)).toMatchObject({ text: `found ${drop}`, media: { sha256: sha256(bytes) } });
    },
  );

  test('does not overwrite a later edit: its outcome is unknown', async () => {
    const id = await send('a photo', { media: await file(PNG, 'photo') });
    await stack.control.fault({ user_id: alice, method: METHOD, drop: 'before' });
    const media = await file(PNG, 'photo');
    const changing = change(id, { media }, { Prefer: 'wait=30' });
    await expect.poll(async () => (await stack.control.faults()).length).toBe(0);
    await stack.control.edit({ from: alice, to: bob, message_id: id, text: 'theirs' });
    expect(await changing).toMatchObject({ status: 504, body: { kind: 'unknown_outcome' } });
    expect((await shown(id))?.text).toBe('theirs');
  });

  test('a photo that Telegram does not take as one goes as a document; lost parts are uploaded again', async () => {
    const id = await sendFile('no photo');
    await stack.control.loseFileParts();
    const bytes = Buffer.from('not a picture');
    const { body } = await change(id, { media: await file(bytes, 'photo') });
    expect(body.media).toMatchObject([{ type: 'document' }]);
    expect((await shown(id))?.media).toMatchObject({ type: 'document', sha256: sha256(bytes) });
  });

  test('what Telegram refuses is MEDIA_REFUSED; an upload that is gone is UPLOAD_NOT_FOUND', async () => {
    const voice = await send('a voice', { media: await file(randomBytes(900), 'voice') });
    expect(await change(voice, { media: await file(PNG, 'photo') })).toMatchObject({
      status: 422,
      body: { code: 'MEDIA_REFUSED', rpc_error: 'MEDIA_PREV_INVALID' },
    });
    const upload_id = `up_${'x'.repeat(22)}.${'x'.repeat(43)}.1`;
    expect(await change(voice, { media: [{ type: 'photo', upload_id }] })).toMatchObject({
      status: 404,
      body: { code: 'UPLOAD_NOT_FOUND' },
    });
  });

  test.each<[path: string, wrong: object]>([
    ['text', {}],
    ['media', { media: [] }],
    ['media', { media: [{ type: 'photo' }, { type: 'photo' }] }],
    ['media.0', { media: [{ type: 'photo' }] }],
    ['media.0.text', { text: 'x', media: [{ type: 'photo', url: 'https://example.com/', text: 'x' }] }],
  ])('a wrong %s is 400: %#', async (path, wrong) => {
    expect(await change(1, wrong)).toMatchObject({ status: 400, body: { issues: [{ path }] } });
  });
};
