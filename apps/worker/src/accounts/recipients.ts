import { GatewayError, parseRecipient, type PeerBook, type Recipient } from '@gateway/contracts';
import { chatOf, type Chat } from '@gateway/telegram';

/**
 * The chat that a `recipient_id` means, from the known peers alone: it never asks Telegram. `ownId` is the account's
 * own user id, if known.
 */
export function chatFor(recipientId: string, peers: PeerBook, ownId: number | undefined): Chat {
  const recipient = parseRecipient(recipientId);
  // The API refuses such an id. If one gets here, sending to it fails with the reason.
  if (typeof recipient === 'string') return { key: recipientId, kind: 'user', known: true, stranger: false };
  const chat = chatOf(recipient, peers);
  // The peer book does not know its owner. The account's own id or username means its chat with itself.
  return chat.key === `user:${ownId}` ? chatOf({ kind: 'self' }, peers) : chat;
}

/** @throws {GatewayError} for an id that the API should have refused. */
export function recipientOf(recipientId: string): Recipient {
  const recipient = parseRecipient(recipientId);
  if (typeof recipient !== 'string') return recipient;
  throw new GatewayError('RECIPIENT_NOT_FOUND', `recipient_id ${recipient}`);
}
