import { beforeAll, expect, test } from 'vitest';
import { OpenStream } from '../../env/event-source.ts';
import { otherClient } from '../../env/other-client.ts';
import type { Stack } from '../../env/stack.ts';
import { ALICE, type AliceAndBob } from '../../env/use-stack.ts';
import { chatKnownTo } from './chat-stage.ts';
import { DAVE, receivingTools } from './tools.ts';

/** What others, and the account's own other clients, read, type and delete, in all kinds of chats. */
export const marks = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, alice, bob } = product());
  });
  const { write, events, texts, lastSeq } = receivingTools(product);
  const of = async (type: string, after: number) =>
    (await events(after)).filter((event) => event.type === type);

  test.each(['group', 'supergroup'] as const)(
    'a %s tells once a member has read what the account wrote, and the next one not again',
    async (type) => {
      const after = await lastSeq();
      const dave = await otherClient(stack, DAVE);
      const members = [alice, dave.id, bob];
      const { id } = await chatKnownTo(dave, stack, { type, title: `Reads of a ${type}`, members });
      const send = async (text: string) => (await stack.api.send('alice', id, text)).body;
      const [first, second] = [await send('first'), await send('second')];
      await expect.poll(() => dave.received).toEqual(expect.arrayContaining(['first', 'second']));
      const [, own] = await dave.client.getHistory(Number(id), { limit: 2 });
      await dave.client.readHistory(Number(id), { maxId: own?.id ?? 0 });
      const reads = async () => (await of('message.read', after)).map(({ chat, up_to }) => [chat.id, up_to]);
      await expect.poll(reads).toEqual([[id, first.message_id]]);
      await stack.api.post('/telegram/user/chat/read', { user_id: 'bob', recipient_id: id });
      const all = [
        [id, first.message_id],
        [id, second.message_id],
      ];
      await expect.poll(reads).toEqual(all);
      await dave.client.readHistory(Number(id));
      await write('after the reads');
      await expect.poll(() => texts(after)).toContain('after the reads');
      expect(await reads()).toEqual(all);
      expect((await of('message.read', after))[0]).toMatchObject({
        chat: { id, type, title: `Reads of a ${type}` },
        caught_up: false,
      });
      // That is for private chats.
      expect((await stack.api.get(`/jobs/${first.job_id}`)).body.read_at).toBeNull();
    },
  );

  test(
    'tells what the account reads with its other clients, also in a channel',
    { timeout: 60_000 },
    async () => {
      const after = await lastSeq();
      const own = await otherClient(stack, ALICE);
      const reads = async () =>
        (await of('message.read_inbox', after)).map(({ chat, up_to }) => [chat.id, up_to]);
      const expected: unknown[] = [];
      for (const type of ['group', 'supergroup', 'channel'] as const) {
        const { id } = await chatKnownTo(own, stack, { type, title: `Own ${type}`, members: [bob, alice] });
        await write(`in a ${type}`, id);
        await expect.poll(() => texts(after)).toContain(`in a ${type}`);
        const { message_id } = (await of('message.new', after)).at(-1).message;
        await own.client.readHistory(Number(id));
        expected.push([id, message_id]);
        await expect.poll(reads).toEqual(expected);
      }
      await write('in private');
      await expect.poll(() => texts(after)).toContain('in private');
      const { message_id, chat } = (await of('message.new', after)).at(-1).message;
      await own.client.readHistory(bob);
      await expect.poll(reads).toEqual([...expected, [chat.id, message_id]]);
    },
  );

  test('what the account deletes with another client is one event a chat', async () => {
    const after = await lastSeq();
    const own = await otherClient(stack, ALICE);
    const dave = await otherClient(stack, DAVE);
    await stack.control.write({ from: dave.id, to: alice, text: 'from Dave' });
    await write('from Bob');
    await write('from Bob, too');
    // Also told are the login code, and perhaps a chat of an earlier test.
    const people = [String(dave.id), String(bob)];
    const written = async () =>
      (await of('message.new', after)).flatMap(({ message }) =>
        people.includes(message.chat.id) ? [message] : [],
      );
    await expect.poll(async () => (await written()).length).toBe(3);
    const ids = (await written()).map(({ message_id }) => message_id);
    await own.client.call({ _: 'messages.deleteMessages', revoke: true, id: ids });
    await expect
      .poll(() => of('message.deleted', after))
      .toMatchObject([
        { chat: { id: String(dave.id), type: 'private' }, message_ids: [ids[0]] },
        { chat: { id: String(bob), type: 'private' }, message_ids: ids.slice(1) },
      ]);
  });

  test('who types is told live, in a private chat, a group and a supergroup, and has no number', async () => {
    const dave = await otherClient(stack, DAVE);
    const members = [dave.id, alice];
    const newChat = (type: string) =>
      chatKnownTo(dave, stack, { type, title: `Typing in a ${type}`, members });
    const [{ id: group }, { id: supergroup }] = [await newChat('group'), await newChat('supergroup')];
    const before = await lastSeq();
    await write('the chats are known');
    await expect.poll(() => texts(before)).toContain('the chats are known');
    const after = await lastSeq();
    const stream = await OpenStream.open(`${stack.api.url}/telegram/accounts/alice/updates`, {
      Accept: 'text/event-stream',
    });
    const typed = () =>
      stream.events.filter(({ event }) => event === 'chat.typing').map(({ id, data }) => [id, data]);
    const expected: unknown[] = [];
    const { client } = dave;
    for (const [peer, chat, status, action] of [
      [await client.resolvePhoneNumber(ALICE), { id: String(dave.id), type: 'private' }, 'typing', 'typing'],
      [Number(group), { id: group, type: 'group' }, 'record_voice', 'record_voice'],
      [Number(supergroup), { id: supergroup, type: 'supergroup' }, 'cancel', 'cancel'],
    ] as const) {
      await client.sendTyping(peer, status);
      expected.push([
        undefined,
        expect.objectContaining({
          event_id: null,
          seq: null,
          user_id: 'alice',
          chat: expect.objectContaining(chat),
          sender: expect.objectContaining({ id: String(dave.id) }),
          action,
        }),
      ]);
      await expect.poll(typed).toEqual(expected);
    }
    stream.close();
    expect(await lastSeq()).toBe(after);
  });
};
