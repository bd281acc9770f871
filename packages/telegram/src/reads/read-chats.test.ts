import type { ChatPosition } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { expect, test } from 'vitest';
import type { Asker } from '../caller.ts';
import { Recipients } from '../peers/recipients.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { ScriptedCaller } from '../testing/scripted-caller.ts';
import { readChats } from './read-chats.ts';

const T = 1_700_000_000;

interface Chat {
  id: number;
  date: number;
  isPinned?: true;
  /** Its last message is not told. */
  isUntold?: true;
  /** The group is a supergroup now, which is another chat. */
  isFormer?: true;
}

/** Telegram, as far as the list of chats goes. */
class Chats implements Asker {
  readonly #chats: readonly Chat[];
  constructor(chats: readonly Chat[]) {
    this.#chats = chats.toSorted((a, b) => b.date - a.date || b.id - a.id);
  }

  // One method for both calls, as in the interface.
  async ask<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    if (request instanceof Api.messages.GetPinnedDialogs) {
      const state = new Api.updates.State({ pts: 1, qts: 0, date: T, seq: 0, unreadCount: 0 });
      return new Api.messages.PeerDialogs({
        ...answer(this.#chats.filter(({ isPinned }) => isPinned)),
        state,
      });
    }
    if (!(request instanceof Api.messages.GetDialogs)) throw new Error(`Not expected: ${request.className}`);
    const { offsetDate, offsetPeer, limit } = request;
    const others = this.#chats.filter(({ isPinned }) => !isPinned);
    const at = others.findIndex(({ id }) => idIn(offsetPeer) === id);
    const begin = at >= 0 ? at + 1 : others.findIndex(({ date }) => offsetDate === 0 || date < offsetDate);
    const page = begin < 0 ? [] : others.slice(begin, begin + limit);
    return new Api.messages.DialogsSlice({ count: others.length, ...answer(page) });
  }
}

function idIn(peer: unknown): number | null {
  if (peer instanceof Api.InputPeerUser) return peer.userId.toJSNumber();
  return peer instanceof Api.InputPeerChat ? peer.chatId.toJSNumber() : null;
}

function answer(chats: readonly Chat[]) {
  const peerOf = ({ id, isFormer }: Chat) =>
    isFormer ? new Api.PeerChat({ chatId: bigInt(id) }) : new Api.PeerUser({ userId: bigInt(id) });
  return {
    dialogs: chats.map(
      (chat) =>
        new Api.Dialog({
          peer: peerOf(chat),
          topMessage: chat.id,
          readInboxMaxId: 0,
          readOutboxMaxId: 0,
          unreadCount: 0,
          unreadMentionsCount: 0,
          unreadReactionsCount: 0,
          notifySettings: new Api.PeerNotifySettings({}),
        }),
    ),
    messages: chats
      .filter(({ isUntold }) => !isUntold)
      .map((chat) => new Api.Message({ id: chat.id, peerId: peerOf(chat), date: chat.date, message: 'x' })),
    users: chats
      .filter(({ isFormer }) => !isFormer)
      .map(({ id }) => new Api.User({ id: bigInt(id), accessHash: bigInt(id), firstName: `${id}` })),
    chats: chats
      .filter(({ isFormer }) => isFormer)
      .map(
        ({ id, date }) =>
          new Api.Chat({
            id: bigInt(id),
            title: `${id}`,
            photo: new Api.ChatPhotoEmpty(),
            participantsCount: 0,
            date,
            version: 1,
            migratedTo: new Api.InputChannel({ channelId: bigInt(1), accessHash: bigInt(1) }),
          }),
      ),
  };
}

/** The chats on each page, until there is no next one. */
async function pagesOf(chats: readonly Chat[], limit: number): Promise<string[][]> {
  const caller = new Chats(chats);
  const recipients = new Recipients(new ScriptedCaller({}), new MemoryPeerBook(), Date.now);
  const pages: string[][] = [];
  for (let before: ChatPosition | null = null; pages.length < 50;) {
    const page: Awaited<ReturnType<typeof readChats>> = await readChats(caller, recipients, {
      limit,
      before,
      ownId: '1',
    });
    pages.push(page.chats.map(({ id }) => id));
    before = page.next;
    if (before === null) return pages;
  }
  throw new Error('the pages do not end');
}

/** As many chats as given by their dates, with ids from 101. */
const plain = (...dates: number[]): Chat[] =>
  dates.map((date, index) => ({ id: 101 + index, date: T + date }));

test.each([1, 2, 3, 4, 10])('pinned chats come at their date, each once: %i a page', async (limit) => {
  const pinned: Chat[] = [
    { id: 201, date: T + 5, isPinned: true },
    { id: 202, date: T + 3, isPinned: true },
    { id: 203, date: T + 3, isPinned: true },
    { id: 204, date: T - 9, isPinned: true },
  ];
  const pages = await pagesOf([...plain(9, 5, 5, 3, 3, 1), ...pinned], limit);
  expect(pages.flat()).toEqual(['101', '201', '103', '102', '202', '203', '105', '104', '106', '204']);
});

test('a page of groups that are supergroups now does not end the list', async () => {
  const former: Chat[] = [1, 2, 3].map((id) => ({ id, date: T + 5, isFormer: true }));
  const pages = await pagesOf(
    [...plain(9, 9), ...former, ...plain(0).map((chat) => ({ ...chat, id: 300 }))],
    2,
  );
  expect(pages.flat()).toEqual(['102', '101', '300']);
});

test('a chat whose last message is not told hides no chat behind it', async () => {
  const untold: Chat = { id: 300, date: T + 4, isUntold: true };
  const old: Chat = { id: 301, date: T - 1_000, isPinned: true };
  const pages = await pagesOf([...plain(9, 8, 7, 6, 5, 3, 2), untold, old], 6);
  expect(pages.flat()).toEqual(['101', '102', '103', '104', '105', '300', '106', '107', '301']);
});
