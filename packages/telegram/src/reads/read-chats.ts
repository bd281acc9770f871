import type { ChatPosition, ReadMessage, ShownChat } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { inputPeerOf, kindAndId } from '../peers/peers.ts';
import type { Recipients } from '../peers/recipients.ts';
import { chatIdOf, Companions, peerWithId } from '../shown/shown-chat.ts';
import { isShown, shownMessage } from '../shown/shown-message.ts';

export interface ChatQuery {
  limit: number;
  /** The place after which the page begins; `null`: the first page. */
  before: ChatPosition | null;
  /** The id of the account. */
  ownId: string;
}

type ListedChat = ShownChat & { unread: number; last_message: ReadMessage | null };

/** A chat of a page. */
interface Entry {
  chat: ListedChat;
  /** Its place in the list; `null` if its date is not known. */
  position: ChatPosition | null;
  /** That of its last message, else of the chat before it; Infinity if it is not known. Seconds since the epoch. */
  date: number;
}

/** Chats as Telegram gives them out, and the last place among them, which may be that of a chat that is not shown. */
interface Entries {
  entries: Entry[];
  end: ChatPosition | null;
}

/**
 * A page of the account's chats, the latest first. Telegram gives out pinned chats apart, whatever their age. They are
 * sorted in, before other chats of the same second, so a page may begin in the middle of a second.
 */
export async function readChats(
  asker: Asker,
  recipients: Recipients,
  { limit, before, ownId }: ChatQuery,
): Promise<{ chats: ListedChat[]; next: ChatPosition | null }> {
  const pinnedAnswer = await asker.ask(new Api.messages.GetPinnedDialogs({ folderId: 0 }));
  recipients.rememberChats(pinnedAnswer);
  const pinned = entriesOf(pinnedAnswer, ownId).entries;
  const isBehindPinned = pinned.some(({ chat }) => chat.id === before?.chat);
  const answer = await asker.ask(
    new Api.messages.GetDialogs({
      excludePinned: true,
      ...offsetOf(before, isBehindPinned, recipients),
      limit,
      hash: bigInt.zero,
    }),
  );
  if (answer instanceof Api.messages.DialogsNotModified) return { chats: [], next: null };
  recipients.rememberChats(answer);
  const { entries, end } = entriesOf(answer, ownId, before?.date);
  const isLast = answer instanceof Api.messages.Dialogs || answer.dialogs.length < limit;
  const from = isLast ? 0 : (end?.date ?? 0);
  const listed = [
    ...pinned
      .filter((each) => each.date >= from && isBehind(each, before, isBehindPinned))
      .toSorted(byDateAndId),
    ...entries.filter(({ date }) => before === null || date <= before.date),
  ].toSorted((a, b) => b.date - a.date);
  const shown = listed.slice(0, limit);
  const lastShown = shown.findLast(({ position }) => position !== null)?.position ?? null;
  const next = listed.length > limit ? lastShown : isLast ? null : (end ?? lastShown);
  return { chats: shown.map(({ chat }) => chat), next };
}

/** Whether a pinned chat comes after the place at which the page before ended. */
function isBehind({ chat, date }: Entry, before: ChatPosition | null, isBehindPinned: boolean): boolean {
  if (before === null || date < before.date) return true;
  return isBehindPinned && date === before.date && chat.id > before.chat;
}

function byDateAndId(a: Entry, b: Entry): number {
  if (a.date !== b.date) return b.date - a.date;
  return a.chat.id < b.chat.id ? -1 : 1;
}

function offsetOf(before: ChatPosition | null, isBehindPinned: boolean, recipients: Recipients) {
  if (before === null) return { offsetDate: 0, offsetId: 0, offsetPeer: new Api.InputPeerEmpty() };
  // All other chats of that second come after the pinned ones.
  if (isBehindPinned)
    return { offsetDate: before.date + 1, offsetId: 0, offsetPeer: new Api.InputPeerEmpty() };
  const { kind, id } = peerWithId(before.chat);
  const peer = recipients.byId(kind, id);
  return {
    offsetDate: before.date,
    offsetId: before.messageId,
    offsetPeer: peer === undefined ? new Api.InputPeerEmpty() : inputPeerOf(peer),
  };
}

/** @param from the date of a first chat whose last message is not known. */
function entriesOf(
  page: Api.messages.Dialogs | Api.messages.DialogsSlice | Api.messages.PeerDialogs,
  ownId: string,
  from = Infinity,
): Entries {
  const companions = new Companions(page);
  const tops = new Map(
    page.messages.filter(isShown).map((message) => [keyOf(message.peerId, message.id), message]),
  );
  const entries: Entry[] = [];
  let end: ChatPosition | null = null;
  for (const dialog of page.dialogs) {
    if (!(dialog instanceof Api.Dialog)) continue;
    const { peer, topMessage: messageId } = dialog;
    const top = tops.get(keyOf(peer, messageId));
    const date: number = top?.date ?? end?.date ?? from;
    end = date === Infinity ? null : { date, messageId, chat: chatIdOf(peer) };
    if (companions.isFormer(peer)) continue;
    const last_message = top === undefined ? null : shownMessage(top, companions, ownId);
    const chat = { ...companions.chat(peer), unread: dialog.unreadCount, last_message };
    entries.push({ chat, position: end, date });
  }
  return { entries, end };
}

/** Ids alone are ambiguous: each channel numbers its own messages. */
function keyOf(peer: Api.TypePeer, messageId: number): string {
  const { kind, id } = kindAndId(peer);
  return `${kind}:${id}:${messageId}`;
}
