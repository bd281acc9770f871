import type { Message, PeerId } from '../../state/model.ts';
import type { Store } from '../../state/store.ts';
import { isChannel } from '../peers.ts';
import type { Telegram } from '../telegram.ts';
import { publish, type Origin } from './publish.ts';

type Draft = Omit<Message, 'copies'>;

/** Stores a message in the boxes of everybody concerned and pushes it to their connected clients. */
export function postMessage(telegram: Telegram, draft: Draft, origin?: Origin): Message {
  const [message] = postMessages(telegram, [draft], origin);
  if (message === undefined) throw new Error('the message was not stored');
  return message;
}

/** Like {@link postMessage} for several messages, of which all or none are stored. */
export function postMessages(telegram: Telegram, drafts: readonly Draft[], origin?: Origin): Message[] {
  const { store } = telegram;
  const lastIds = new Map<PeerId, number>();
  const nextId = (box: PeerId): number => {
    const id = (lastIds.get(box) ?? store.state.boxes.get(box)?.messages.length ?? 0) + 1;
    lastIds.set(box, id);
    return id;
  };
  const messages = drafts.map((draft) => ({
    ...draft,
    acceptedAt: telegram.now(),
    copies: boxesOf(store, draft).map((box) => ({ box, id: nextId(box) })),
  }));
  const events = messages.map((message) => ({ type: 'message_accepted' as const, message }));
  publish(telegram, [...lastIds.keys()], events, origin);
  return messages;
}

/** The boxes that get a copy of a message. */
function boxesOf(store: Store, { from, to }: Draft): PeerId[] {
  if (isChannel(to)) return [to];
  const readers = to < 0 ? (store.state.chats.get(to)?.members ?? []) : new Set([from, to]);
  return [...readers].filter((id) => store.state.accounts.has(id));
}
