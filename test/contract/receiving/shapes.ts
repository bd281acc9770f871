import { beforeAll, expect, test } from 'vitest';
import { type Document, expectDocumented } from '../../env/documented.ts';
import { otherClient } from '../../env/other-client.ts';
import type { Stack } from '../../env/stack.ts';
import { ALICE, BOB, type AliceAndBob } from '../../env/use-stack.ts';
import { DAVE, receivingTools } from './tools.ts';

/** The fields of events. */
export const shapes = (product: () => AliceAndBob) => {
  let stack: Stack;
  let document: Document;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    ({ stack, alice, bob } = product());
    document = (await stack.api.get('/openapi.json')).body;
  });
  const { write, events, lastSeq } = receivingTools(product);

  test('a message has every field of the contract, as reading its chat shows it', async () => {
    const after = await lastSeq();
    await stack.control.addContacts(alice, [bob]);
    const { id: forum } = await stack.control.newChat({
      type: 'supergroup',
      title: 'Forum',
      members: [alice, bob],
      forum: true,
    });
    const { id: channel } = await stack.control.newChat({
      type: 'channel',
      title: 'Posts',
      members: [bob, alice],
      username: 'posts_of_shapes',
    });
    const topic = await stack.control.createTopic(forum, 'A topic');
    const bot = await stack.control.createAutoBot({
      username: 'shapes_bot',
      buttons: ['Yes'],
      answer: 'Thanks',
    });
    await stack.control.write({ from: bob, to: forum, text: 'in the topic', topic_id: topic });
    await write('a post', channel);
    const text = '<b>bold</b> &amp; <i>plain</i>';
    await stack.api.send('alice', 'me', 'a note');
    const sending = { user_id: 'alice', recipient_id: BOB, text, parse_mode: 'html' };
    const { body: sent } = await stack.api.post('/telegram/user/send', sending);
    const dave = await otherClient(stack, DAVE);
    await dave.client.joinChat('posts_of_shapes');
    const [post] = await dave.client.getHistory('posts_of_shapes', { limit: 1 });
    if (post === undefined) throw new Error('there is no post');
    await dave.client.forwardMessages({
      toChatId: await dave.client.resolvePhoneNumber(ALICE),
      messages: [post],
    });
    await stack.api.post('/telegram/user/send', { ...sending, reply_to: sent.message_id });
    await stack.api.send('alice', '@shapes_bot', 'to the bot');
    const media = { type: 'document', size: 1_000, file_name: 'a.txt', mime_type: 'text/plain' };
    await stack.control.write({ from: bob, to: alice, text: 'a file', media });
    const messages = async () =>
      (await events(after)).flatMap(({ type, message }) => (type === 'message.new' ? [message] : []));
    await expect.poll(async () => (await messages()).map((each) => each.text)).toContain('a file');
    await expect.poll(async () => (await messages()).map((each) => each.text)).toContain('Choose:');
    const told = await messages();
    const chats = new Set<string>(told.map(({ chat }) => chat.id));
    expect([...chats].sort()).toEqual([forum, channel, alice, bob, dave.id, bot].map(String).sort());
    for (const chat of chats) {
      const read = await stack.api.get(`/telegram/accounts/alice/chats/${chat}/messages?limit=100`);
      const byId = new Map(read.body.messages.map((each: { message_id: number }) => [each.message_id, each]));
      for (const message of told.filter((each) => each.chat.id === chat))
        expect({ ...message, job_id: null }).toEqual(byId.get(message.message_id));
    }
    const ofText = (wanted: string) => told.find((each) => each.text === wanted);
    expect(ofText('in the topic')).toMatchObject({
      chat: { id: forum, type: 'supergroup', title: 'Forum', topic_id: topic },
      sender: { id: String(bob), type: 'user', is_contact: true },
    });
    expect(ofText('a note')).toMatchObject({
      chat: { id: String(alice), type: 'private' },
      direction: 'out',
    });
    expect(told.find(({ forward_from }) => forward_from !== null)).toMatchObject({
      text: 'a post',
      forward_from: { id: channel, message_id: expect.any(Number) },
      sender: { id: String(dave.id) },
    });
    expect(told.find(({ chat, forward_from }) => chat.id === channel && forward_from === null)).toBeDefined();
    expect(ofText('Choose:')).toMatchObject({
      chat: { type: 'bot', username: 'shapes_bot' },
      sender: { is_bot: true },
      buttons: [[{ text: 'Yes' }]],
    });
    expect(told.filter(({ reply_to }) => reply_to?.message_id === sent.message_id)).toHaveLength(1);
  });

  test('all events so far are as the API documents them', async () => {
    const { oldest_seq, last_seq } = (await stack.api.status('alice')).body.receiving;
    const types = new Set<string>();
    for (let from = oldest_seq - 1; from < last_seq;) {
      const page = await stack.api.get(`/telegram/accounts/alice/updates?after=${from}`);
      expectDocumented(document, 'get /telegram/accounts/{user_id}/updates', 200, page);
      for (const { type } of page.body.events) types.add(type);
      from = page.body.next;
    }
    for (const type of ['new', 'edited', 'deleted', 'read', 'read_inbox', 'reaction'])
      expect(types).toContain(`message.${type}`);
    expect(types).toContain('chat.member');
  });
};
