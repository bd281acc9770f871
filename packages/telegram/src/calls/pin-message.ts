import type { Recipient } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import type { Recipients } from '../peers/recipients.ts';
import { changeMessage } from './change-message.ts';
import { messageById } from './history/messages-by-id.ts';
import { withRecipient } from './with-recipient.ts';

export interface Pin {
  recipient: Recipient;
  messageId: number;
  silent: boolean;
  /** In a private chat: for the other side too. */
  bothSides: boolean;
  /** When the caller requested it, ms since the epoch. */
  askedAt?: number | undefined;
}

export interface Unpin extends Omit<Pin, 'messageId'> {
  /** `null`: every message of the chat, for both sides. */
  messageId: number | null;
}

/** Pins a message. One that is pinned already is a success. */
export async function pinMessage(
  caller: Caller,
  recipients: Recipients,
  pin: Pin,
): Promise<{ message_id: number }> {
  await withRecipient(recipients, pin, ({ input }) => setPinned(caller, input, pin, true));
  return { message_id: pin.messageId };
}

/** Unpins a message, or all of a chat. One that is not pinned is a success. */
export async function unpinMessage(
  caller: Caller,
  recipients: Recipients,
  { messageId, ...unpin }: Unpin,
): Promise<{ message_id: number | null }> {
  await withRecipient(recipients, unpin, ({ input }) =>
    messageId === null ? unpinAll(caller, input) : setPinned(caller, input, { ...unpin, messageId }, false),
  );
  return { message_id: messageId };
}

async function setPinned(
  caller: Caller,
  peer: Api.TypeInputPeer,
  { messageId: id, silent, bothSides }: Omit<Pin, 'recipient'>,
  pinned: boolean,
): Promise<void> {
  await messageById(caller, peer, id);
  const pmOneside = peer instanceof Api.InputPeerUser && !bothSides;
  const request = new Api.messages.UpdatePinnedMessage({ peer, id, silent, unpin: !pinned, pmOneside });
  await changeMessage(caller.act(request), 'CHAT_NOT_MODIFIED');
}

async function unpinAll(caller: Caller, peer: Api.TypeInputPeer): Promise<void> {
  // A positive offset says that messages are left: Telegram unpins some of them at a time.
  while ((await caller.act(new Api.messages.UnpinAllMessages({ peer }))).offset > 0);
}
