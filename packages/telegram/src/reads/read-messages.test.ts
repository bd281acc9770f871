import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { expect, test } from 'vitest';
import { Recipients } from '../peers/recipients.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { ScriptedCaller } from '../testing/scripted-caller.ts';
import { readMessages } from './read-messages.ts';

const message = (id: number) =>
  new Api.Message({
    id,
    peerId: new Api.PeerUser({ userId: bigInt(1) }),
    date: 1_700_000_000,
    message: 'text',
  });

const read = (caller: ScriptedCaller, limit: number, before: number | null = null) =>
  readMessages(caller, new Recipients(caller, new MemoryPeerBook(), Date.now), {
    recipient: { kind: 'self' },
    limit,
    before,
    after: null,
    search: null,
    topicId: null,
    ownId: '1',
    askedAt: Date.now(),
  });

test('messages that Telegram leaves out of a page do not end the chat', async () => {
  const page = (place: { count: number; offsetIdOffset?: number }, ...ids: number[]) =>
    new ScriptedCaller({
      'messages.GetHistory': [
        new Api.messages.MessagesSlice({
          ...place,
          messages: ids.map(message),
          users: [],
          chats: [],
        }),
      ],
    });
  expect(await read(page({ count: 9 }, 9, 7), 3)).toMatchObject({ next: 7 });
  expect(await read(page({ count: 9, offsetIdOffset: 3 }, 6, 5), 3, 7)).toMatchObject({ next: 5 });
  expect(await read(page({ count: 9 }, 6, 5), 3, 7)).toMatchObject({ next: 5 });
  expect(await read(page({ count: 9, offsetIdOffset: 7 }, 4, 3), 3, 5)).toMatchObject({ next: null });
  expect(await read(page({ count: 2 }, 9, 7), 3)).toMatchObject({ next: null });
  expect(await read(page({ count: 9, offsetIdOffset: 9 }), 3, 5)).toMatchObject({ messages: [], next: null });
});

test('a large page of messages leaves the event loop to others', async () => {
  const messages = Array.from({ length: 100 }, (_, index) => message(100 - index));
  const caller = new ScriptedCaller({
    'messages.GetHistory': [new Api.messages.Messages({ messages, chats: [], users: [] })],
  });
  let turns = 0;
  const count = () => {
    turns += 1;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  const page = await read(caller, 100);
  clearImmediate(timer);
  expect(page.messages).toHaveLength(100);
  expect(turns).toBeGreaterThanOrEqual(4);
});
