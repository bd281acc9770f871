import { InputMedia } from '@mtcute/core';
import { beforeAll, expect, test } from 'vitest';
import { pngOf } from '../../../packages/sandbox/src/control/png.ts';
import { otherClient } from '../../env/other-client.ts';
import type { Stack } from '../../env/stack.ts';
import { ALICE, type AliceAndBob } from '../../env/use-stack.ts';
import { DAVE, receivingTools } from './tools.ts';

/** With a client at the other side that shares no code with the gateway. */
export const otherClientTests = (product: () => AliceAndBob) => {
  let stack: Stack;
  let alice: number;
  beforeAll(() => {
    ({ stack, alice } = product());
  });
  const { write, events, texts, lastSeq } = receivingTools(product);

  const dave = () => otherClient(stack, DAVE);
  /** Waits until the client knows these chats. */
  const knows = async ({ client }: Awaited<ReturnType<typeof dave>>, ...titles: string[]) => {
    const known = async () => {
      const found: string[] = [];
      for await (const { peer } of client.iterDialogs()) found.push(peer.displayName);
      return found;
    };
    await expect.poll(known).toEqual(expect.arrayContaining(titles));
  };
  const act = (action: string, fields: object) =>
    stack.api.post(`/telegram/user/message/${action}`, { user_id: 'alice', recipient_id: DAVE, ...fields });

  test('tells what it writes, edits, deletes and reacts to', async () => {
    const after = await lastSeq();
    const { client, id } = await dave();
    const chat = { id: String(id), type: 'private' };
    const of = async (type: string) => (await events(after)).filter((event) => event.type === type);
    const messages = async () => (await of('message.new')).map(({ message }) => message);
    const peer = await client.resolvePhoneNumber(ALICE);
    const bold = { _: 'messageEntityBold', offset: 6, length: 4 } as const;
    const first = await client.sendText(peer, { text: 'hello bold', entities: [bold] });
    const reply = await client.sendText(peer, 'a reply', { replyTo: first.id });
    const table = { fileName: 'table.csv', fileMime: 'text/csv' };
    await client.sendMedia(peer, InputMedia.document(Buffer.from('a,b'), table), { caption: 'a table' });
    await client.sendMediaGroup(peer, [InputMedia.photo(pngOf(4, 3)), InputMedia.photo(pngOf(3, 4))]);
    await expect.poll(messages).toHaveLength(5);
    const [told, toldReply, file, ...album] = await messages();
    expect(told).toMatchObject({
      chat,
      sender: { id: chat.id },
      text: 'hello bold',
      html: 'hello <b>bold</b>',
      entities: [{ type: 'bold', offset: 6, length: 4 }],
    });
    expect(toldReply).toMatchObject({ text: 'a reply', reply_to: { message_id: told.message_id } });
    expect(file).toMatchObject({
      text: 'a table',
      media: { type: 'document', size: 3, mime_type: 'text/csv', file_name: 'table.csv' },
    });
    const url = `${stack.api.url}/telegram/accounts/alice/files/${file.media.file_id}`;
    expect(await (await fetch(url)).text()).toBe('a,b');
    expect(album.map(({ media }) => [media.type, media.width, media.height])).toEqual([
      ['photo', 4, 3],
      ['photo', 3, 4],
    ]);
    expect(album[0].grouped_id).toEqual(expect.any(String));
    expect(album[1].grouped_id).toBe(album[0].grouped_id);

    await client.editMessage({ chatId: peer, message: first.id, text: 'hello again' });
    await client.sendReaction({ chatId: peer, message: first.id, emoji: '🔥' });
    await client.deleteMessagesById(peer, [reply.id]);
    await expect
      .poll(() => of('message.deleted'))
      .toMatchObject([{ chat, message_ids: [toldReply.message_id] }]);
    expect(await of('message.edited')).toMatchObject([
      { message: { message_id: told.message_id, text: 'hello again', entities: [] } },
    ]);
    expect(await of('message.reaction')).toMatchObject([
      { chat, message_id: told.message_id, reactions: [{ emoji: '🔥', count: 1, mine: false }] },
    ]);
  });

  test('tells what it does in groups and channels', async () => {
    const before = await lastSeq();
    const user = await dave();
    const { client, id } = user;
    const members = [id, alice];
    const { id: club } = await stack.control.newChat({ type: 'supergroup', title: 'Club', members });
    const { id: news } = await stack.control.newChat({ type: 'channel', title: 'Daily', members });
    const own = { type: 'group', title: "Alice's", members: [alice] };
    const { id: group, invite_link } = await stack.control.newChat(own);
    await knows(user, 'Club', 'Daily');
    // The account knows the new chats once it has this event.
    await write('new chats');
    await expect.poll(() => texts(before)).toContain('new chats');
    const after = await lastSeq();
    const { id: pinned } = await client.sendText(Number(club), 'in the club');
    await client.pinMessage({ chatId: Number(club), message: pinned });
    await client.setChatTitle(Number(club), 'New club');
    await client.sendText(Number(news), 'the news');
    await client.joinChat(invite_link);
    await client.sendText(Number(group), 'here I am');
    await client.leaveChat(Number(group));
    const told = async (chat: string) =>
      (await events(after)).flatMap(({ type, message, change, user: member, ...event }) => {
        if ((message?.chat ?? event.chat)?.id !== chat) return [];
        // Channels have sequences of their own at Telegram: it may come before or after "new chats".
        if (message?.service?.type === 'channel_create') return [];
        if (type === 'chat.member') return [`${change} ${member.id}`];
        return [message.service?.type ?? message.text];
      });
    await expect
      .poll(() => told(group))
      .toEqual(['chat_joined_by_link', `joined ${id}`, 'here I am', 'chat_delete_user', `left ${id}`]);
    expect(await told(club)).toEqual(['in the club', 'pin_message', 'chat_edit_title']);
    expect(await told(news)).toEqual(['the news']);
    expect((await events(after)).find(({ message }) => message?.text === 'the news')).toMatchObject({
      message: { chat: { id: news, type: 'channel', title: 'Daily' }, direction: 'in' },
    });
  });

  test('it gets what the gateway sends, edits and deletes, also what it has missed', async () => {
    const user = await dave();
    const members = [alice, user.id];
    const { id: team } = await stack.control.newChat({ type: 'supergroup', title: 'A team', members });
    await knows(user, 'A team');
    const { body: kept } = await stack.api.send('alice', DAVE, 'kept');
    const { body: gone } = await stack.api.send('alice', DAVE, 'gone');
    await act('edit', { message_id: kept.message_id, text: 'edited' });
    // A service message tells of the new chat.
    const texts = () => user.received.filter((text) => text !== '');
    await expect.poll(() => [texts(), user.edited]).toEqual([['kept', 'gone'], ['edited']]);
    const { comeBack } = await user.leave();
    await act('edit', { message_id: kept.message_id, text: 'edited again' });
    await act('delete', { message_ids: [gone.message_id] });
    await stack.api.send('alice', DAVE, 'missed');
    await stack.api.send('alice', team, 'missed in the team');
    const { received, edited, deleted } = await comeBack();
    await expect.poll(() => received.toSorted()).toEqual(['missed', 'missed in the team']);
    expect(edited).toEqual(['edited again']);
    expect(deleted).toHaveLength(1);
  });
};
