import { beforeAll, expect, test } from 'vitest';
import type { Stack } from '../../env/stack.ts';
import { BOB, type AliceAndBob } from '../../env/use-stack.ts';
import { receivingTools } from './tools.ts';

/** What the filter lets in: by type of chat, chat, direction and mention. */
export const filters = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, alice, bob } = product());
  });
  const { receive, write, events, texts, lastSeq } = receivingTools(product);

  test('keeps nothing that the filter leaves out', async () => {
    const { id: channel } = await stack.control.newChat({
      type: 'channel',
      title: 'News',
      members: [bob, alice],
    });
    await receive({ enabled: true, filter: { chat_types: ['private'], direction: 'in' } });
    const after = await lastSeq();
    await write('in the channel', channel);
    await stack.api.send('alice', BOB, 'out');
    await write('in');
    await expect.poll(() => texts(after)).toEqual(['in']);
    expect((await stack.api.status('alice')).body.receiving.filter).toEqual({
      chat_types: ['private'],
      direction: 'in',
    });
    await receive({ enabled: true, filter: {} });
    await write('now in the channel', channel);
    await expect.poll(() => texts(after)).toContain('now in the channel');
    expect(await texts(after)).not.toContain('in the channel');
  });

  test('the filter chooses chats by id, stays where none is given, and takes no names', async () => {
    const members = [bob, alice];
    const { id: team } = await stack.control.newChat({ type: 'supergroup', title: 'Chosen', members });
    const filter = { except_chat_ids: [String(bob)] };
    const after = await lastSeq();
    await receive({ enabled: true, filter });
    expect((await receive({ enabled: true })).body.receiving.filter).toEqual(filter);
    await write('left out');
    await write('let in', team);
    // The beginning of the group is a message without text.
    const written = async () => (await texts(after)).filter((text) => text !== '');
    await expect.poll(written).toEqual(['let in']);
    await receive({ enabled: true, filter: { chat_ids: [String(bob)] } });
    await write('left out', team);
    await write('let in, too');
    await expect.poll(written).toEqual(['let in', 'let in, too']);
    for (const wrong of [
      { chat_ids: ['@bob'] },
      { chat_ids: [BOB] },
      { chat_types: ['secret'] },
      { direction: 'up' },
      { colour: 'red' },
    ])
      expect(await receive({ enabled: true, filter: wrong }), JSON.stringify(wrong)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION' },
      });
    await receive({ enabled: true, filter: {} });
  });

  test('the filter chooses messages by direction and mentions', async () => {
    const members = [bob, alice];
    const { id: team } = await stack.control.newChat({ type: 'supergroup', title: 'Mentions', members });
    const after = await lastSeq();
    // The beginning of the group is a message without text.
    const written = async () => (await texts(after)).filter((text) => text !== '');
    await receive({ enabled: true, filter: { direction: 'out', chat_ids: [team] } });
    await write('in', team);
    const { body: sent } = await stack.api.send('alice', team, 'out');
    await expect.poll(written).toEqual(['out']);
    await receive({ enabled: true, filter: { mentions_only: true } });
    await write('to nobody', team);
    const answer = { from: bob, to: team, text: 'an answer', reply_to: sent.message_id };
    await stack.control.write(answer);
    await expect.poll(written).toEqual(['out', 'an answer']);
    const mention = { mentions_me: true, reply_to: { message_id: sent.message_id } };
    expect((await events(after)).at(-1)).toMatchObject({ message: mention });
    await receive({ enabled: true, filter: {} });
  });

  test('the filter chooses edits by direction and mentions, as it does new messages', async () => {
    const after = await lastSeq();
    const edited = async () =>
      (await events(after)).flatMap(({ type, message }) => (type === 'message.edited' ? [message.text] : []));
    const { id: incoming } = await write('in');
    const { body: sent } = await stack.api.send('alice', BOB, 'out');
    const editBoth = async (text: string) => {
      await stack.control.edit({ from: bob, to: alice, message_id: incoming, text: `in ${text}` });
      const edit = { user_id: 'alice', recipient_id: BOB, message_id: sent.message_id, text: `out ${text}` };
      expect((await stack.api.post('/telegram/user/message/edit', edit)).status).toBe(200);
    };
    await receive({ enabled: true, filter: { direction: 'out' } });
    await editBoth('once');
    await expect.poll(edited).toEqual(['out once']);
    await receive({ enabled: true, filter: { direction: 'in' } });
    await editBoth('twice');
    await expect.poll(edited).toEqual(['out once', 'in twice']);
    await receive({ enabled: true, filter: { mentions_only: true } });
    await editBoth('a third time');
    await receive({ enabled: true, filter: {} });
    await editBoth('at last');
    await expect.poll(edited).toEqual(['out once', 'in twice', 'in at last', 'out at last']);
  });

  test('the filter knows private chats, bots, groups, supergroups and channels from each other', async () => {
    await stack.control.createAutoBot({ username: 'of_type_bot', buttons: ['Yes'], answer: 'Thanks' });
    const chats = new Map([
      ['private', BOB],
      ['bot', '@of_type_bot'],
    ]);
    for (const type of ['group', 'supergroup', 'channel']) {
      const { id } = await stack.control.newChat({ type, title: `A ${type}`, members: [alice, bob] });
      chats.set(type, id);
    }
    for (const type of chats.keys()) {
      const after = await lastSeq();
      await receive({ enabled: true, filter: { chat_types: [type], direction: 'out' } });
      for (const [name, chat] of chats)
        expect((await stack.api.send('alice', chat, `to a ${name}`)).status).toBe(200);
      await receive({ enabled: true, filter: {} });
      await write('the end');
      await expect.poll(() => texts(after)).toContain('the end');
      // The bot's answers and the beginnings of the chats may come as late.
      const own = (await texts(after)).filter((text) => text.startsWith('to a '));
      expect(own).toEqual([`to a ${type}`]);
    }
  });
};
