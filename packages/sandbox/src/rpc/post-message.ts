import type { Message, PeerId } from '../state/model.ts';
import type { Store } from '../state/store.ts';
import { messageUpdates } from './message-objects.ts';
import { isChannel } from './peers.ts';
import type { Telegram } from './telegram.ts';

/** The call that sent a message. Its session gets an answer and therefore no push. */
export interface Origin {
  authKeyId: string;
  sessionId: string;
}

/** Stores a message in the boxes of everybody concerned and pushes it to their connected clients. */
export function postMessage(telegram: Telegram, draft: Omit<Message, 'copies'>, origin?: Origin): Message {
  const { store } = telegram;
  const copies = boxesOf(store, draft).map((box) => ({
    box,
    id: (store.state.boxes.get(box)?.messages.length ?? 0) + 1,
  }));
  const message = { ...draft, acceptedAt: telegram.now(), copies };
  store.commit({ type: 'message_accepted', message });
  for (const reader of readersOf(store, draft)) pushToAccount(telegram, reader, message, origin);
  return message;
}

function boxesOf(store: Store, message: Omit<Message, 'copies'>): PeerId[] {
  return isChannel(message.to) ? [message.to] : readersOf(store, message);
}

function readersOf(store: Store, { from, to }: Omit<Message, 'copies'>): number[] {
  const readers = to < 0 ? (store.state.chats.get(to)?.members ?? []) : new Set([from, to]);
  return [...readers].filter((id) => store.state.accounts.has(id));
}

function pushToAccount(
  { store, network }: Telegram,
  accountId: number,
  message: Message,
  origin?: Origin,
): void {
  const account = store.state.accounts.get(accountId);
  if (account === undefined) return;
  for (const authKeyId of store.state.authKeysOf.get(accountId) ?? []) {
    const authorization = store.state.authorizations.get(authKeyId);
    if (authorization?.status.kind !== 'authorized' || authorization.dcId !== account.homeDc) continue;
    if (network().connections(authKeyId) === 0) continue;
    const isOwn = authKeyId === origin?.authKeyId;
    network().push(
      authKeyId,
      messageUpdates(store, account, message),
      isOwn ? { exceptSessionId: origin.sessionId } : {},
    );
  }
}
