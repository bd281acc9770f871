import { beforeAll, expect, test } from 'vitest';
import type { ApiAnswer } from '../../env/api-client.ts';
import { type Document, expectDocumented } from '../../env/documented.ts';
import type { Stack } from '../../env/stack.ts';
import { BOB, CAROL, textsOf, type Readers } from './readers.ts';

/** `GET …/chats/{recipient_id}/messages`. */
export const messages = (product: () => Readers) => {
  let stack: Stack;
  let document: Document;
  let alice: number;
  let bob: number;
  beforeAll(() => {
    ({ stack, document, alice, bob } = product());
  });
  const read: Readers['read'] = (...args) => product().read(...args);
  const send: Readers['send'] = (...args) => product().send(...args);

  const MESSAGES = 'get /telegram/accounts/{user_id}/chats/{recipient_id}/messages';
  const of = (chat: string | number, query = '') =>
    read(`chats/${encodeURIComponent(chat)}/messages${query}`);

  test('lists the messages of a chat in the shape of events, the newest first', async () => {
    const first = await send('<b>bold</b> &amp; plain https://example.com', { parse_mode: 'html' });
    const second = await send('an answer', { reply_to: first });
    await stack.control.write({ from: bob, to: alice, text: 'from Bob' });
    const answer = await of(BOB);
    expectDocumented(document, MESSAGES, 200, answer);
    expect(answer.body).toMatchObject({ status: 'ok', next: null });
    expect(textsOf(answer)).toEqual(['from Bob', 'an answer', 'bold & plain https://example.com']);
    const [fromBob, reply, formatted] = answer.body.messages;
    expect(formatted).toEqual({
      message_id: first,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      edit_date: null,
      direction: 'out',
      chat: { id: String(bob), type: 'private', title: expect.any(String), username: null, topic_id: null },
      sender: expect.objectContaining({
        id: String(alice),
        type: 'user',
        is_bot: false,
        is_contact: false,
      }),
      text: 'bold & plain https://example.com',
      html: '<b>bold</b> &amp; plain https://example.com',
      entities: [
        { type: 'bold', offset: 0, length: 4 },
        { type: 'url', offset: 13, length: 19 },
      ],
      reply_to: null,
      forward_from: null,
      mentions_me: false,
      grouped_id: null,
      buttons: [],
      service: null,
      media: null,
      job_id: null,
    });
    expect(reply).toMatchObject({
      message_id: second,
      reply_to: { message_id: first, chat_id: null, quote: null },
    });
    expect(fromBob).toMatchObject({ direction: 'in', sender: { id: String(bob), type: 'user' } });
  });

  test('pages by `next`, and bounds by ids', async () => {
    const ids: number[] = [];
    for (const text of ['one', 'two', 'three', 'four', 'five'])
      ids.push(await send(text, { recipient_id: CAROL }));
    const pages: string[][] = [];
    for (let next: string | null = ''; next !== null;) {
      const answer: ApiAnswer = await of(CAROL, `?limit=2${next && `&before=${next}`}`);
      pages.push(textsOf(answer));
      next = answer.body.next;
    }
    expect(pages).toEqual([['five', 'four'], ['three', 'two'], ['one']]);
    expect(textsOf(await of(CAROL, `?before=${ids[2]}`))).toEqual(['two', 'one']);
    expect(textsOf(await of(CAROL, `?after=${ids[2]}`))).toEqual(['five', 'four']);
    expect(textsOf(await of(CAROL, `?after=${ids[0]}&before=${ids[3]}`))).toEqual(['three', 'two']);
    expect(textsOf(await of(CAROL, '?q=O'))).toEqual(['four', 'two', 'one']);
    expect(textsOf(await of(CAROL, '?q=nothing+of+the+kind'))).toEqual([]);
  });

  test('shows edits, forwards, buttons, service messages and the chat with oneself', async () => {
    const id = await send('to edit', { recipient_id: 'me' });
    const same = { user_id: 'alice', recipient_id: 'me' };
    await stack.api.post('/telegram/user/message/edit', { ...same, message_id: id, text: 'edited' });
    await stack.api.post('/telegram/user/message/forward', {
      ...same,
      to_recipient_id: 'me',
      message_ids: [id],
    });
    const [forwarded, edited] = (await of('me')).body.messages;
    expect(edited).toMatchObject({
      text: 'edited',
      edit_date: expect.any(String),
      direction: 'out',
      chat: { id: String(alice), type: 'private' },
      sender: { id: String(alice) },
    });
    expect(forwarded).toMatchObject({
      text: 'edited',
      forward_from: { id: String(alice), message_id: null },
    });

    const { id: group } = await stack.control.createChat({
      title: 'Team',
      kind: 'group',
      members: [alice, bob],
    });
    expect((await of(group)).body.messages).toMatchObject([
      {
        text: '',
        chat: { id: String(group), type: 'group', title: 'Team', username: null },
        service: { type: 'chat_create', title: 'Team', user_ids: [String(alice), String(bob)] },
      },
    ]);

    const bot = await stack.control.createAutoBot({
      username: 'choice_bot',
      buttons: [['Yes', 'No']],
      silent: true,
    });
    await send('/start', { recipient_id: '@choice_bot' });
    expect((await of('@choice_bot')).body.messages[0]).toMatchObject({
      chat: { id: String(bot), type: 'bot', username: 'choice_bot' },
      sender: { id: String(bot), is_bot: true },
      buttons: [
        [
          { text: 'Yes', data: 'Yes', url: null },
          { text: 'No', data: 'No', url: null },
        ],
      ],
    });
  });

  test('reads one topic of a forum', async () => {
    const { id } = await stack.control.newChat({
      type: 'supergroup',
      title: 'Forum',
      members: [alice],
      forum: true,
    });
    const topic = await stack.control.createTopic(id, 'News');
    await stack.control.write({ from: alice, to: id, text: 'old news', topic_id: topic });
    await stack.control.write({ from: alice, to: id, text: 'elsewhere' });
    const answer = await of(id, `?topic_id=${topic}`);
    expect(answer.body.messages[0]).toMatchObject({
      text: 'old news',
      reply_to: null,
      chat: { id, type: 'supergroup', topic_id: topic },
    });
    expect(textsOf(answer)).not.toContain('elsewhere');
    expect(textsOf(await of(id, `?topic_id=${topic}&q=news`))).toEqual(['old news']);
    expect(await of(BOB, '?topic_id=3')).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'topic_id' }] },
    });
  });

  test('never lists or finds a message of Telegram’s own account', async () => {
    await stack.control.write({ from: 777_000, to: alice, text: 'Login code: 24680' });
    expect((await of('777000')).body).toEqual({ status: 'ok', messages: [], next: null });
    expect((await of('777000', '?q=24680')).body.messages).toEqual([]);
  });

  test('is 404 for a chat that is not found, and 400 for a query that is wrong', async () => {
    const missing = await of('@nobody_has_it');
    expectDocumented(document, MESSAGES, 404, missing);
    expect(missing.body.code).toBe('RECIPIENT_NOT_FOUND');
    for (const query of [
      '?limit=0',
      '?limit=101',
      '?before=x',
      '?after=-1',
      '?q=',
      '?topic_id=0',
      '?colour=red',
    ])
      expect((await of(BOB, query)).body, query).toMatchObject({ code: 'VALIDATION' });
    expect((await of('neither name nor id')).body).toMatchObject({ issues: [{ path: 'recipient_id' }] });
  });
};
