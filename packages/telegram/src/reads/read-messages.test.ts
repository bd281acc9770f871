import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { expect, test } from 'vitest';
import { Recipients } from '../peers/recipients.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { ScriptedCaller } from '../testing/scripted-caller.ts';
import { readMessages } from './read-messages.ts';

test('a large page of messages leaves the event loop to others', async () => {
  const messages = Array.from(
    { length: 100 },
    (_, index) =>
      new Api.Message({
        id: 100 - index,
        peerId: new Api.PeerUser({ userId: bigInt(1) }),
        date: 1_700_000_000,
        message: 'text',
      }),
  );
  const caller = new ScriptedCaller({
    'messages.GetHistory': [new Api.messages.Messages({ messages, chats: [], users: [] })],
  });
  let turns = 0;
  const count = () => {
    turns += 1;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  const page = await readMessages(caller, new Recipients(caller, new MemoryPeerBook(), Date.now), {
    recipient: { kind: 'self' },
    limit: 100,
    before: null,
    after: null,
    search: null,
    topicId: null,
    ownId: '1',
    askedAt: Date.now(),
  });
  clearImmediate(timer);
  expect(page.messages).toHaveLength(100);
  expect(turns).toBeGreaterThanOrEqual(4);
});
