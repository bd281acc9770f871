import type { ChatPosition, ReadMessage, ShownChat } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Asker } from '../caller.ts';
import { inputPeerOf, kindAndId } from '../peers/peers.ts';
import type { Recipients } from '../peers/recipients.ts';
import { chatIdOf, Companions, peerWithId } from '../shown/shown-chat.ts';
import { isShown, shownMessage, type Shown } from '../shown/shown-message.ts';

export interface ChatQuery {
  limit: number;
  /** The place after which the page begins; `null`: the first page. */
  before: ChatPosition | null;
  /** The id of the account. */
  ownId: string;
}

type ListedChat = ShownChat & { unread: number; last_message: ReadMessage | null };

/** A chat of a page, with its place in the list; `null` if that is not known. */
interface Entry {
  chat: ListedChat;
  position: ChatPosition | null;
}

/** A page of the account's chats, the latest first. */
export async function readChats(
  asker: Asker,
  recipients: Recipients,
  { limit, before, ownId }: ChatQuery,
): Promise<{ chats: ListedChat[]; next: ChatPosition | null }> {
  const answer = await asker.ask(
    new Api.messages.GetDialogs({
      // Telegram lists pinned chats first, whatever their age.
      excludePinned: true,
      ...offsetOf(before, recipients),
      limit,
      hash: bigInt.zero,
    }),
  );
  if (answer instanceof Api.messages.DialogsNotModified) return { chats: [], next: null };
  const pinned = await asker.ask(new Api.messages.GetPinnedDialogs({ folderId: 0 }));
  recipients.rememberChats(answer);
  recipients.rememberChats(pinned);
  const page = entriesOf(answer, ownId);
  const isLast = answer instanceof Api.messages.Dialogs || answer.dialogs.length < limit;
  const end = isLast ? 0 : (page.at(-1)?.position?.date ?? 0);
  const inserted = entriesOf(pinned, ownId).filter(({ position }) => {
    const date = position?.date ?? 0;
    return date >= end && (before === null || date < before.date);
  });
  const listed = [...page, ...inserted].toSorted((a, b) => (b.position?.date ?? 0) - (a.position?.date ?? 0));
  const shown = listed.slice(0, limit);
  const isCut = listed.length > limit || !isLast;
  return {
    chats: shown.map(({ chat }) => chat),
    next: isCut ? (shown.findLast(({ position }) => position !== null)?.position ?? null) : null,
  };
}

function offsetOf(before: ChatPosition | null, recipients: Recipients) {
  if (before === null) return { offsetDate: 0, offsetId: 0, offsetPeer: new Api.InputPeerEmpty() };
  const { kind, id } = peerWithId(before.chat);
  const peer = recipients.byId(kind, id);
  return {
    offsetDate: before.date,
    offsetId: before.messageId,
    offsetPeer: peer === undefined ? new Api.InputPeerEmpty() : inputPeerOf(peer),
  };
}

function entriesOf(
  page: Api.messages.Dialogs | Api.messages.DialogsSlice | Api.messages.PeerDialogs,
  ownId: string,
): Entry[] {
  const companions = new Companions(page);
  const tops = new Map(
    page.messages.filter(isShown).map((message) => [keyOf(message.peerId, message.id), message]),
  );
  return page.dialogs
    .filter((dialog) => dialog instanceof Api.Dialog)
    .filter(({ peer }) => !companions.isFormer(peer))
    .map((dialog) => {
      const top = tops.get(keyOf(dialog.peer, dialog.topMessage));
      const last = top === undefined ? null : shownMessage(top, companions, ownId);
      return {
        chat: { ...companions.chat(dialog.peer), unread: dialog.unreadCount, last_message: last },
        position: top === undefined ? null : positionOf(top),
      };
    });
}

function positionOf({ date, id, peerId }: Shown): ChatPosition {
  return { date, messageId: id, chat: chatIdOf(peerId) };
}

/** Ids alone are ambiguous: each channel numbers its own messages. */
function keyOf(peer: Api.TypePeer, messageId: number): string {
  const { kind, id } = kindAndId(peer);
  return `${kind}:${id}:${messageId}`;
}
