import { createHash, randomBytes } from 'node:crypto';
import { GatewayClient } from '@gateway/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signedIn } from '../../packages/sandbox/src/testing/mtcute-users.ts';
import { Stack } from '../env/stack.ts';

const ALICE = '+9996627011';
const BOB = '+9996627012';
const EDIT = '/telegram/user/message/edit';
const SEND = '/telegram/user/send';
const METHOD = 'messages.editMessage';

describe('Editing: POST /telegram/user/message/edit', () => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    stack = await Stack.start({ SEND_WAIT_MS: '15000', SEND_PACE: 'off' });
    alice = await stack.signIn('alice', ALICE);
    bob = await stack.signIn('bob', BOB);
  });
  beforeEach(() => stack.control.clearFaults());
  afterAll(() => stack[Symbol.asyncDispose]());

  const send = async (text: string, more: object = {}): Promise<number> => {
    const sent = await stack.api.post(SEND, { user_id: 'alice', recipient_id: BOB, text, ...more });
    return Number(sent.body.message_id);
  };
  const edit = (message_id: unknown, text: string, more: object = {}, headers: Record<string, string> = {}) =>
    stack.api.post(EDIT, { user_id: 'alice', recipient_id: BOB, message_id, text, ...more }, headers);
  const shown = async (id: number) =>
    (await stack.control.messages({ from: alice, to: bob })).find((message) => message.id === id);

  test('gives a message its new text and formatting, and answers as a send does', async () => {
    const id = await send('**old** text', { parse_mode: 'markdown' });
    const answer = await edit(id, 'new **text**', { parse_mode: 'markdown' });
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'ok', success: true, job_id: expect.any(String), message_id: id },
    });
    const { text, entities, edit_date } = (await shown(id)) ?? {};
    expect({ text, entities }).toEqual({
      text: 'new text',
      entities: [{ type: 'bold', offset: 4, length: 4 }],
    });
    expect(Date.parse(answer.body.edit_date)).toBe(Date.parse(edit_date ?? ''));
    expect((await stack.api.get(`/jobs/${answer.body.job_id}`)).body).toMatchObject({
      type: 'message.edit',
      state: 'completed',
      result: { message_id: id, edit_date: answer.body.edit_date },
    });
  });

  test('takes the formatting away where the new text has none', async () => {
    const id = await send('**old**', { parse_mode: 'markdown' });
    expect((await edit(id, 'old')).status).toBe(200);
    expect((await shown(id))?.entities ?? []).toEqual([]);
  });

  test('takes markup of a model, in any case of the mode', async () => {
    const id = await send('old');
    expect((await edit(id, '**bold** and _open', { parse_mode: 'Markdown_Lenient' })).status).toBe(200);
    expect(await shown(id)).toMatchObject({
      text: 'bold and _open',
      entities: [{ type: 'bold', offset: 0, length: 4 }],
    });
  });

  test('a text that the message already has is a success', async () => {
    const id = await send('same');
    expect(await edit(id, 'same')).toMatchObject({ status: 200, body: { message_id: id, edit_date: null } });
    expect((await shown(id))?.edit_date).toBeUndefined();
  });

  test('with `Prefer: respond-async` it is queued behind the sends to the same chat', async () => {
    const id = await send('first');
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', delay_ms: 500 });
    const wait = { Prefer: 'respond-async' };
    const sending = await stack.api.post(SEND, { user_id: 'alice', recipient_id: BOB, text: 'slow' }, wait);
    const editing = await edit(id, 'edited', {}, wait);
    expect(editing).toMatchObject({ status: 202, body: { status: 'queued', state: 'waiting' } });
    const ended = await Promise.all(
      [sending, editing].map(async ({ body }) => (await stack.api.get(`/jobs/${body.job_id}?wait=30`)).body),
    );
    expect(ended).toMatchObject([{ state: 'completed' }, { state: 'completed', type: 'message.edit' }]);
    expect(Date.parse(ended[1].finished_at)).toBeGreaterThanOrEqual(Date.parse(ended[0].finished_at));
  });

  describe('is refused', () => {
    test('where the chat has no such message: 404 MESSAGE_NOT_FOUND', async () => {
      expect(await edit(2_000_000_000, 'x')).toMatchObject({
        status: 404,
        body: { code: 'MESSAGE_NOT_FOUND', kind: 'permanent', job_id: expect.any(String) },
      });
    });

    test('where the id is that of a message in another chat, which stays as it is', async () => {
      const elsewhere = await stack.api.post(SEND, { user_id: 'alice', recipient_id: 'me', text: 'note' });
      expect(await edit(elsewhere.body.message_id, 'x')).toMatchObject({
        body: { code: 'MESSAGE_NOT_FOUND' },
      });
      const notes = await stack.control.messages({ from: alice, to: alice });
      expect(notes.at(-1)).toMatchObject({ text: 'note' });
    });

    test('where somebody else wrote it: 403 NOT_AUTHOR', async () => {
      await stack.api.post(SEND, { user_id: 'bob', recipient_id: ALICE, text: "bob's" });
      const id = await send('the next one');
      expect(await edit(id - 1, 'x')).toMatchObject({ status: 403, body: { code: 'NOT_AUTHOR' } });
    });

    test('where it is too old: 409 EDIT_TOO_LATE', async () => {
      const id = await send('old');
      await stack.control.fault({ user_id: alice, method: METHOD, error: 'MESSAGE_EDIT_TIME_EXPIRED' });
      expect(await edit(id, 'x')).toMatchObject({
        status: 409,
        body: { code: 'EDIT_TOO_LATE', rpc_error: 'MESSAGE_EDIT_TIME_EXPIRED' },
      });
    });

    test.each([
      ['message_id', { message_id: 0 }],
      ['message_id', { message_id: '1' }],
      ['text', { text: 'x'.repeat(4_097) }],
      ['text', { text: ' ' }],
      ['silent', { silent: true }],
    ])('where %s is wrong: 400 names it: %#', async (path, wrong) => {
      expect(await edit(1, 'x', wrong)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION', issues: [{ path }] },
      });
    });

    test('by a key that named another request: 422 IDEMPOTENCY_MISMATCH, over all types', async () => {
      const id = await send('keyed');
      const key = { 'Idempotency-Key': 'one key' };
      const first = await edit(id, 'once', {}, key);
      expect(await edit(id, 'once', {}, key)).toMatchObject({ status: 200, body: first.body });
      const other = { status: 422, body: { code: 'IDEMPOTENCY_MISMATCH' } };
      expect(await edit(id, 'twice', {}, key)).toMatchObject(other);
      const sending = await stack.api.post(SEND, { user_id: 'alice', recipient_id: BOB, text: 'once' }, key);
      expect(sending).toMatchObject(other);
    });
  });

  describe('after an answer that was lost', () => {
    test('is repeated until the message has its text, once', async () => {
      const id = await send('before');
      await stack.control.fault({ user_id: alice, method: METHOD, drop: 'after' });
      expect(await edit(id, 'after')).toMatchObject({ status: 200, body: { message_id: id } });
      await stack.control.fault({ user_id: alice, method: METHOD, drop: 'before' });
      expect(await edit(id, 'again')).toMatchObject({ status: 200 });
      expect((await shown(id))?.text).toBe('again');
    });

    test('does not overwrite a later edit: its outcome is unknown', async () => {
      const id = await send('before');
      const sentAt = Date.now();
      await stack.control.fault({ user_id: alice, method: METHOD, drop: 'before', delay_ms: 0 });
      const editing = edit(id, 'ours', {}, { Prefer: 'wait=30' });
      await expect.poll(async () => (await stack.control.faults()).length).toBe(0);
      // Edit dates have whole seconds: one that differs from "never" is enough.
      await stack.control.edit({ from: alice, to: bob, message_id: id, text: 'theirs' });
      expect(await editing).toMatchObject({
        status: 504,
        body: { code: 'TELEGRAM_TIMEOUT', kind: 'unknown_outcome' },
      });
      expect(sentAt).toBeLessThan(Date.now());
      expect((await shown(id))?.text).toBe('theirs');
    });
  });

  describe('with `media`', () => {
    const PNG = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAACgAAAAoCAAAAACpleexAAAAHElEQVR4nGMIJRIwjCocVTiqcFThqMJRhaQrBAATIhNfLzsSPgAAAABJRU5ErkJggg==',
      'base64',
    );
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
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
      const lastCode = () => ({ phone: BOB, code: '22222', delivery: 'app' as const });
      const { client } = await signedIn({ ...(await stack.telegram()), control: { lastCode } }, BOB);
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
      expect((await edit(id, 'only the caption')).status).toBe(200);
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
  });

  test('a flood wait holds edits alone, and later jobs of the same chat', async () => {
    const id = await send('flooded');
    await stack.control.fault({ user_id: alice, method: METHOD, error: 'FLOOD_WAIT_3' });
    const held = await edit(id, 'edited', {}, { Prefer: 'wait=1' });
    expect(held).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'FLOOD_WAIT' } });
    const status = await stack.api.get('/telegram/user/status/alice');
    expect(status.body).toMatchObject({ state: 'ready', flood_wait_until: null });
    // Another chat goes on.
    const note = await stack.api.post(SEND, { user_id: 'alice', recipient_id: 'me', text: 'meanwhile' });
    expect(note.status).toBe(200);
    const behind = await stack.api.post(
      SEND,
      { user_id: 'alice', recipient_id: BOB, text: 'behind' },
      { Prefer: 'respond-async' },
    );
    const ended = await Promise.all(
      [held, behind].map(async ({ body }) => (await stack.api.get(`/jobs/${body.job_id}?wait=30`)).body),
    );
    expect(ended.map(({ state }) => state)).toEqual(['completed', 'completed']);
    expect(Date.parse(ended[1].finished_at)).toBeGreaterThanOrEqual(Date.parse(ended[0].finished_at));
  });

  test('stands in a batch among sends: each item is accepted or refused in its place', async () => {
    const id = await send('in a batch');
    const answer = await stack.api.post('/telegram/user/batch', {
      actions: [
        { type: 'send', user_id: 'alice', recipient_id: BOB, text: 'one' },
        { type: 'message.edit', user_id: 'alice', recipient_id: BOB, message_id: id, text: 'edited' },
        { type: 'message.sparkle', user_id: 'alice' },
        { type: 'message.edit', user_id: 'alice', recipient_id: BOB, text: 'no id' },
        { user_id: 'alice', recipient_id: BOB, text: 'no type' },
        7,
      ],
    });
    const refused = { status: 'error', code: 'VALIDATION' };
    const job = { job_id: expect.any(String) };
    expect(answer).toMatchObject({
      status: 202,
      body: { jobs: [job, job, refused, refused, refused, refused] },
    });
    for (const { job_id } of answer.body.jobs.slice(0, 2))
      expect((await stack.api.get(`/jobs/${job_id}?wait=30`)).body).toMatchObject({ state: 'completed' });
    expect((await shown(id))?.text).toBe('edited');
  });

  test('is listed with the account’s messages, and its text is not on the dashboard', async () => {
    const id = await send('listed');
    const { body } = await edit(id, 'a secret text');
    const lists = await stack.api.get('/telegram/accounts/alice/sends');
    expect(lists.body.ended[0]).toMatchObject({
      job_id: body.job_id,
      type: 'message.edit',
      recipient_id: BOB,
      preview: 'a secret text',
    });
    const board = await stack.api.get(
      `/admin/queues/api/queues?activeQueue=alice:send&status=completed&page=1&jobsPerPage=5`,
    );
    expect(JSON.stringify(board.body)).toContain('messageId');
    expect(JSON.stringify(board.body)).not.toContain('a secret text');
  });
});
