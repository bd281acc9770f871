import { beforeAll, describe, expect, test } from 'vitest';
import type { Stack } from '../../env/stack.ts';
import { ALICE, BOB, type AliceAndBob } from '../../env/use-stack.ts';
import { textsOf } from './texts.ts';

const EDIT = '/telegram/user/message/edit';
const SEND = '/telegram/user/send';
const METHOD = 'messages.editMessage';

/** POST /telegram/user/message/edit: texts. */
export const editing = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, alice, bob } = product());
  });

  const { send: sendTo, shown } = textsOf(product);
  const send = (text: string, more: object = {}) => sendTo(text, BOB, more);
  const edit = (message_id: unknown, text: string, more: object = {}, headers: Record<string, string> = {}) =>
    stack.api.post(EDIT, { user_id: 'alice', recipient_id: BOB, message_id, text, ...more }, headers);

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

  test('a flood wait holds edits alone, and later jobs of the same chat', async () => {
    const id = await send('flooded');
    await stack.control.fault({ user_id: alice, method: METHOD, error: 'FLOOD_WAIT_3' });
    const held = await edit(id, 'edited', {}, { Prefer: 'wait=2' });
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
};
