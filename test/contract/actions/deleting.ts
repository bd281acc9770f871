import { beforeAll, describe, expect, test } from 'vitest';
import type { Stack } from '../../env/stack.ts';
import { BOB, type AliceAndBob } from '../../env/use-stack.ts';
import { textsOf } from './texts.ts';

const DELETE = '/telegram/user/message/delete';
const SEND = '/telegram/user/send';
const METHOD = 'messages.deleteMessages';

/** POST /telegram/user/message/delete. */
export const deleting = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, alice, bob } = product());
  });

  const { send, shown } = textsOf(product);
  const remove = (message_ids: unknown, more: object = {}, headers: Record<string, string> = {}) =>
    stack.api.post(DELETE, { user_id: 'alice', recipient_id: BOB, message_ids, ...more }, headers);

  test('deletes messages for everyone, and answers as a send does', async () => {
    const ids = [await send('one'), await send('two')];
    const kept = await send('kept');
    const answer = await remove([...ids, ids[0]]);
    expect(answer).toMatchObject({ status: 200, body: { status: 'ok', success: true, deleted: ids } });
    for (const id of ids) expect(await shown(id)).toMatchObject({ deleted: true });
    expect(await shown(kept)).not.toHaveProperty('deleted');
    expect((await stack.api.get(`/jobs/${answer.body.job_id}`)).body).toMatchObject({
      type: 'message.delete',
      state: 'completed',
      result: { deleted: ids },
    });
  });

  test('with `for_everyone: false` the other side keeps the message', async () => {
    const id = await send('mine');
    expect(await remove([id], { for_everyone: false })).toMatchObject({ status: 200 });
    expect(await shown(id)).toMatchObject({ deleted_for: [alice] });
  });

  test('a message that is deleted already is a success', async () => {
    const id = await send('twice');
    await remove([id]);
    expect(await remove([id, 2_000_000_000])).toMatchObject({
      status: 200,
      body: { deleted: [id, 2_000_000_000] },
    });
  });

  test('a message of another chat is not touched, and counts as deleted already', async () => {
    const note = await send('a note', 'me');
    const id = await send('of the chat');
    expect(await remove([note, id])).toMatchObject({ status: 200, body: { deleted: [note, id] } });
    expect(await shown(note, alice)).not.toHaveProperty('deleted');
    expect(await shown(id)).toMatchObject({ deleted: true });
  });

  test('is ordered with the sends to the chat', async () => {
    const id = await send('first');
    await stack.control.fault({ user_id: alice, method: 'messages.sendMessage', delay_ms: 500 });
    const wait = { Prefer: 'respond-async' };
    const sending = await stack.api.post(SEND, { user_id: 'alice', recipient_id: BOB, text: 'slow' }, wait);
    const removing = await remove([id], {}, wait);
    expect(removing).toMatchObject({ status: 202, body: { state: 'waiting' } });
    const ended = await Promise.all(
      [sending, removing].map(async ({ body }) => (await stack.api.get(`/jobs/${body.job_id}?wait=30`)).body),
    );
    expect(ended).toMatchObject([{ state: 'completed' }, { state: 'completed', type: 'message.delete' }]);
    expect(Date.parse(ended[1].finished_at)).toBeGreaterThanOrEqual(Date.parse(ended[0].finished_at));
  });

  describe('in a supergroup', () => {
    let team: number;
    beforeAll(async () => {
      const chat = { title: 'Team', kind: 'supergroup', members: [bob, alice] };
      team = (await stack.control.createChat(chat)).id;
    });
    const inTeam = () => ({ recipient_id: String(team) });

    test('deletes for everyone', async () => {
      const id = await send('to all', String(team));
      expect(await remove([id], inTeam())).toMatchObject({ status: 200, body: { deleted: [id] } });
      expect(await shown(id, team)).toMatchObject({ deleted: true });
    });

    test('`for_everyone: false` is 400, also where the chat is named otherwise', async () => {
      const refused = { status: 400, body: { code: 'VALIDATION', issues: [{ path: 'for_everyone' }] } };
      expect(await remove([1], { ...inTeam(), for_everyone: false })).toMatchObject(refused);
      const named = { title: 'Named', kind: 'supergroup', members: [bob, alice], username: 'the_named' };
      await stack.control.createChat(named);
      const byName = { recipient_id: '@the_named', for_everyone: false };
      expect(await remove([1], byName)).toMatchObject({
        ...refused,
        body: { ...refused.body, job_id: expect.any(String) },
      });
    });

    test("others' messages need an administrator: 403 RECIPIENT_REFUSED", async () => {
      const sent = await stack.api.post(SEND, { user_id: 'bob', recipient_id: String(team), text: "bob's" });
      expect(await remove([sent.body.message_id], inTeam())).toMatchObject({
        status: 403,
        body: { code: 'RECIPIENT_REFUSED', rpc_error: 'MESSAGE_DELETE_FORBIDDEN' },
      });
    });
  });

  test.each([
    ['message_ids', { message_ids: [] }],
    ['message_ids', { message_ids: 5 }],
    ['message_ids', { message_ids: Array.from({ length: 101 }, (_, index) => index + 1) }],
    ['message_ids.1', { message_ids: [1, 0] }],
    ['for_everyone', { for_everyone: 'yes' }],
    ['job_id', { job_id: 'x' }],
  ])('is refused where %s is wrong: 400 names it: %#', async (path, wrong) => {
    expect(await remove([1], wrong)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION', issues: [{ path }] },
    });
  });

  test.each(['before', 'after'] as const)(
    'is repeated until the messages are gone, where an answer was lost %s it took effect',
    async (drop) => {
      const id = await send('lost');
      await stack.control.fault({ user_id: alice, method: METHOD, drop });
      expect(await remove([id])).toMatchObject({ status: 200, body: { deleted: [id] } });
      expect(await shown(id)).toMatchObject({ deleted: true });
      expect(await stack.control.faults()).toEqual([]);
    },
  );

  test('a flood wait holds deletions alone, and later jobs of the same chat', async () => {
    const id = await send('flooded');
    await stack.control.fault({ user_id: alice, method: METHOD, error: 'FLOOD_WAIT_3' });
    const held = await remove([id], {}, { Prefer: 'wait=2' });
    expect(held).toMatchObject({ status: 202, body: { state: 'delayed', reason: 'FLOOD_WAIT' } });
    const status = await stack.api.get('/telegram/user/status/alice');
    expect(status.body).toMatchObject({ state: 'ready', flood_wait_until: null });
    expect(await send('meanwhile', 'me')).toBeGreaterThan(0);
    expect((await stack.api.get(`/jobs/${held.body.job_id}?wait=30`)).body).toMatchObject({
      state: 'completed',
      result: { deleted: [id] },
    });
  });
};
