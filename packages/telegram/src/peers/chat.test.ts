import { parseRecipient, type Peer } from '@gateway/contracts';
import { expect, it } from 'vitest';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { chatOf, type Chat } from './chat.ts';

const BOB: Peer = {
  kind: 'user',
  id: '123',
  accessHash: '1',
  username: 'bob',
  phone: '+79990000001',
  familiar: false,
};
const NEWS: Peer = {
  kind: 'channel',
  id: '9',
  accessHash: '2',
  username: 'news',
  phone: null,
  familiar: false,
};

function chat(recipientId: string, ...peers: Peer[]): Chat {
  const recipient = parseRecipient(recipientId);
  if (typeof recipient === 'string') throw new Error(recipient);
  const book = new MemoryPeerBook();
  book.remember(peers);
  return chatOf(recipient, book);
}

it.each(['123', '@Bob', 'bob', '+7 999 000-00-01', 'https://t.me/bob'])(
  'is one chat with a user whom the book knows, however it is named: %s',
  (form) => {
    expect(chat(form, BOB)).toEqual({ key: 'user:123', kind: 'user', known: true, stranger: true });
    expect(chat(form, { ...BOB, familiar: true })).toMatchObject({ known: true, stranger: false });
  },
);

it.each([
  ['@Bob', 'username:bob'],
  ['+79990000001', 'phone:+79990000001'],
  ['123', 'user:123'],
])('is a stranger to look up where nobody is known by %s', (form, key) => {
  expect(chat(form)).toEqual({ key, kind: 'user', known: false, stranger: true });
});

it.each(['-1000000000009', '@news', 't.me/news'])(
  'is one group, however a channel that the book knows is named: %s',
  (form) => {
    expect(chat(form, NEWS)).toEqual({ key: 'channel:9', kind: 'group', known: true, stranger: false });
  },
);

it('needs a look-up for a channel that the book does not know, and none for a basic group', () => {
  expect(chat('-1000000000009')).toEqual({ key: 'channel:9', kind: 'group', known: false, stranger: false });
  expect(chat('-9')).toEqual({ key: 'chat:9', kind: 'group', known: true, stranger: false });
});

it('is the account itself without the book', () => {
  expect(chat('me')).toEqual({ key: 'self', kind: 'self', known: true, stranger: false });
});
