import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { readImageHeader } from '../../files/image-header.ts';
import type { DirectTelegram } from '../../testing/direct-telegram.ts';
import { ControlClient } from './testing/control-client.ts';

describe('the control API, for messages and chats', () => {
  let control: ControlClient;
  let telegram: DirectTelegram;
  beforeEach(async () => {
    control = await ControlClient.open();
    ({ telegram } = control);
  });
  afterEach(async () => {
    await control.close();
    expect(control.errors).toEqual([]);
  });

  test('shows messages in order, by sender and recipient', async () => {
    const alice = await control.signedIn('+9996621001');
    const bob = await control.signedIn('+9996621002');
    await alice.client.send(await alice.client.peerOf('+9996621002'), 'Привет 👋', {
      random_id: -9_007_199_254_740_993n,
    });
    await bob.client.send(await bob.client.peerOf('+9996621001'), 'back');
    expect(await control.ask('GET', `/messages?from=${alice.id}&ids=true`)).toMatchObject({
      body: [{ ids: { [alice.id]: 1, [bob.id]: 1 } }],
    });
    expect(await control.ask('GET', `/messages?from=${alice.id}&to=${bob.id}`)).toEqual({
      status: 200,
      body: [
        {
          id: 1,
          from_id: alice.id,
          to_id: bob.id,
          text: 'Привет 👋',
          date: '2024-01-15T12:00:00Z',
          accepted_at: '2024-01-15T12:00:00.000Z',
          random_id: '-9007199254740993',
        },
      ],
    });
    expect(await control.ask('GET', '/messages')).toMatchObject({
      body: [{ text: 'Привет 👋' }, { text: 'back' }],
    });
    expect(await control.ask('GET', `/messages?to=${alice.id}`)).toMatchObject({ body: [{ text: 'back' }] });
    expect(await control.ask('GET', '/messages?from=alice')).toMatchObject({ status: 400 });
    for (const randomId of ['-9007199254740993', String(2n ** 64n - 9_007_199_254_740_993n)]) {
      expect(await control.ask('GET', `/deliveries?random_id=${randomId}`)).toEqual({
        status: 200,
        body: { random_id: '-9007199254740993', arrived: 1, messages: 1 },
      });
    }
    expect(await control.ask('GET', '/deliveries?random_id=7')).toMatchObject({
      body: { arrived: 0, messages: 0 },
    });
  });

  test('lets accounts write, edit, delete, read and react', async () => {
    const alice = await control.signedIn('+9996621001');
    const bob = await control.signedIn('+9996621002');
    const chat = { from: '+9996621001', to: bob.id };
    const sent = await control.ask('POST', '/messages', { ...chat, text: 'hi' });
    expect(sent).toEqual({ status: 201, body: { id: 1, date: '2024-01-15T12:00:00Z' } });
    const reply = { from: bob.id, to: '+9996621001', text: 'hi yourself', reply_to: 1 };
    expect(await control.ask('POST', '/messages', reply)).toMatchObject({ status: 201, body: { id: 2 } });
    expect(await control.ask('PATCH', '/messages', { ...chat, message_id: 1, text: 'hello' })).toMatchObject({
      status: 200,
    });
    const reaction = { by: bob.id, of: alice.id, message_id: 1, emoji: '👍' };
    expect(await control.ask('POST', '/reactions', reaction)).toMatchObject({ status: 200 });
    expect(await control.ask('POST', '/reads', { by: bob.id, of: alice.id, up_to: 1 })).toMatchObject({
      status: 200,
    });
    expect(await control.ask('GET', `/messages?from=${alice.id}`)).toMatchObject({
      body: [{ text: 'hello', edit_date: expect.any(String), reactions: [{ by: bob.id, emoji: ['👍'] }] }],
    });
    expect(await control.ask('POST', '/reactions', { ...reaction, emoji: null })).toMatchObject({
      status: 200,
    });
    expect(await control.ask('DELETE', '/messages', { ...chat, message_ids: [1] })).toMatchObject({
      status: 200,
    });
    const [first] = telegram.control.messages({ from: alice.id });
    expect(first).toMatchObject({ deleted: true });
    expect(first).not.toHaveProperty('reactions');
    expect(
      await control.ask('POST', '/messages', { from: 777_000, to: bob.id, text: 'Login code: 1' }),
    ).toMatchObject({
      status: 201,
    });
    expect(telegram.control.messages({ from: 777_000, to: bob.id }).at(-1)).toMatchObject({
      text: 'Login code: 1',
    });
  });

  test('says why an account cannot act so', async () => {
    const { id } = await control.signedIn('+9996621001');
    for (const [method, path, body, status, part] of [
      ['POST', '/messages', { from: id, to: '@nobody', text: 'x' }, 404, '@nobody'],
      ['POST', '/messages', { from: id, to: 777_000, text: 'x' }, 404, '777000'],
      ['POST', '/messages', { from: id, to: id, text: ' ' }, 400, 'MESSAGE_EMPTY'],
      ['PATCH', '/messages', { from: id, to: id, message_id: 1, text: 'x' }, 400, 'MESSAGE_ID_INVALID'],
      ['DELETE', '/messages', { from: id, to: id, message_ids: [1] }, 404, 'no message 1'],
      ['POST', '/reactions', { by: id, of: id, message_id: 1 }, 400, 'emoji'],
    ] as const) {
      expect(await control.ask(method, path, body)).toMatchObject({
        status,
        body: { message: expect.stringContaining(part) },
      });
    }
  });

  test('creates chats with more settings, topics and bots, and shows them', async () => {
    const alice = await control.signedIn('+9996621001');
    const bob = await control.signedIn('+9996621002');
    const members = ['+9996621001', bob.id];
    const chat = { type: 'supergroup', title: 'Team', members, forum: true, slow_mode: 30 };
    const { status, body } = await control.ask('POST', '/chats', chat);
    expect(status).toBe(201);
    const { id, invite_link } = z.strictObject({ id: z.string(), invite_link: z.string() }).parse(body);
    expect(id).toMatch(/^-100\d+$/);
    expect(invite_link).toMatch(/^https:\/\/t\.me\/\+[\w-]{16}$/);
    expect(await control.ask('POST', '/topics', { chat: id, title: 'News' })).toEqual({
      status: 201,
      body: { id: 2 },
    });
    const message = { from: alice.id, to: id, text: 'hi', topic_id: 2 };
    expect(await control.ask('POST', '/messages', message)).toMatchObject({ status: 201, body: { id: 3 } });
    expect(await control.ask('GET', `/chats/${id}`)).toEqual({
      status: 200,
      body: {
        id: Number(id),
        title: 'Team',
        kind: 'supergroup',
        members: [alice.id, bob.id],
        invite_link,
        requested: [],
        pinned: [],
        unread: { [alice.id]: 0, [bob.id]: 3 },
        topics: [{ id: 2, title: 'News' }],
      },
    });
    const bot = { username: 'choice_bot', buttons: [['Yes', { text: 'No', data: 'n' }]], answer: 'Thanks' };
    expect(await control.ask('POST', '/bots', bot)).toMatchObject({
      status: 201,
      body: { bot: true, username: 'choice_bot' },
    });
    expect(await control.ask('POST', '/bots', bot)).toMatchObject({ status: 409 });
    const start = { from: alice.id, to: '@choice_bot', text: '/start' };
    expect(await control.ask('POST', '/messages', start)).toMatchObject({ status: 201 });
    expect(await control.ask('GET', '/presses')).toEqual({ status: 200, body: [] });
    const join = { chat: id, account: bob.id, approved: true };
    expect(await control.ask('POST', '/join-requests', join)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('HIDE_REQUESTER_MISSING') },
    });
    for (const [path, wrong, part] of [
      ['/chats', { ...chat, type: 'group' }, 'forum'],
      ['/chats', { ...chat, members: [] }, 'members'],
      ['/chats', { ...chat, members: [id] }, 'members'],
      ['/topics', { chat: id }, 'title'],
      ['/bots', { username: 'other_bot', buttons: ['Yes'] }, 'answer'],
    ] as const) {
      expect(await control.ask('POST', path, wrong)).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining(part) },
      });
    }
    expect(await control.ask('GET', '/chats/-1001')).toMatchObject({ status: 404 });
  });

  test('makes up media, with the same bytes for the same size', async () => {
    const alice = await control.signedIn('+9996621001');
    const bob = await control.signedIn('+9996621002');
    onTestFinished(() => telegram.files.close());
    const sizes = { photo: 5_000, video: 3_000_000, animation: 10, audio: 10, voice: 10, video_note: 10 };
    for (const [type, size] of Object.entries({ ...sizes, document: 10, sticker: 10 })) {
      const media = { type, size, ...(type === 'document' && { mime_type: 'a/b', file_name: 'x.b' }) };
      const message = { from: bob.id, to: alice.id, media, ...(type === 'photo' && { text: 'a photo' }) };
      expect(await control.ask('POST', '/messages', message)).toMatchObject({ status: 201 });
    }
    const sent = telegram.control.messages();
    expect(sent.map(({ media }) => [media?.type, media?.size])).toEqual([
      ...Object.entries(sizes),
      ['document', 10],
      ['sticker', 10],
    ]);
    expect(sent[0]).toMatchObject({ text: 'a photo', media: { width: 320, height: 240 } });
    expect(sent[6]?.media).toMatchObject({ mime_type: 'a/b', file_name: 'x.b' });
    expect(new Set(sent.slice(2).map(({ media }) => media?.sha256)).size).toBe(1);
    for (const [type, size] of Object.entries({ photo: 10, document: 5_000 }))
      await control.ask('POST', '/messages', { from: bob.id, to: alice.id, media: { type, size } });
    const [smallPhoto, largeDocument] = telegram.control.messages().slice(-2);
    expect(smallPhoto?.media?.sha256).toBe(sent[7]?.media?.sha256);
    expect(largeDocument?.media?.sha256).toBe(sent[0]?.media?.sha256);
    const bytes = telegram.files.read(sent[0]?.media?.sha256 ?? '', 0, 5_000) ?? Buffer.alloc(0);
    expect(readImageHeader(bytes)).toEqual({ mimeType: 'image/png', width: 320, height: 240 });
    for (const [media, part] of [
      [{ type: 'photo', size: 20_000_000 }, 'media.size'],
      [{ type: 'gif', size: 10 }, 'media.type'],
      [{ type: 'document', size: 0 }, 'media.size'],
      [undefined, 'a text'],
    ] as const) {
      expect(await control.ask('POST', '/messages', { from: bob.id, to: alice.id, media })).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining(part) },
      });
    }
  });

  test('lists who typed to whom', async () => {
    const alice = await control.signedIn('+9996621001');
    const bob = await control.signedIn('+9996621002');
    const peer = await alice.client.peerOf('+9996621002');
    await alice.client.value('messages.setTyping', { peer, action: { _: 'sendMessageTypingAction' } });
    const shown = { from_id: alice.id, to_id: bob.id, action: 'typing', at: '2024-01-15T12:00:00.000Z' };
    expect(await control.ask('GET', '/typing?to=+9996621002')).toEqual({ status: 200, body: [shown] });
    expect(await control.ask('GET', `/typing?to=${alice.id}`)).toEqual({ status: 200, body: [] });
    expect(await control.ask('GET', '/typing?to=@nobody')).toMatchObject({ status: 404 });
  });
});
