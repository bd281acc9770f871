import type { Message, PeerId } from '../../state/model.ts';
import type { Store } from '../../state/store.ts';
import { isChannel } from '../peers.ts';
import type { Telegram } from '../telegram.ts';
import { publish, type Origin } from './publish.ts';

/** Stores a message in the boxes of everybody concerned and pushes it to their connected clients. */
export function postMessage(telegram: Telegram, draft: Omit<Message, 'copies'>, origin?: Origin): Message {
  const { store } = telegram;
  const boxes = boxesOf(store, draft);
  const copies = boxes.map((box) => ({
    box,
    id: (store.state.boxes.get(box)?.messages.length ?? 0) + 1,
  }));
  const message = { ...draft, acceptedAt: telegram.now(), copies };
  publish(telegram, boxes, [{ type: 'message_accepted', message }], origin);
  return message;
}

/** The boxes that get a copy of a message. */
function boxesOf(store: Store, { from, to }: Omit<Message, 'copies'>): PeerId[] {
  if (isChannel(to)) return [to];
  const readers = to < 0 ? (store.state.chats.get(to)?.members ?? []) : new Set([from, to]);
  return [...readers].filter((id) => store.state.accounts.has(id));
}
