import { GatewayError, parseRecipient, type PeerBook, type Recipient } from '@gateway/contracts';
import { chatOf, type Chat } from '@gateway/telegram';

/** The chat that a `recipient_id` stands for, as far as the account (`ownId`, where it is known) has seen. Asks nobody. */
export function chatFor(recipientId: string, peers: PeerBook, ownId: number | undefined): Chat {
  const recipient = parseRecipient(recipientId);
  // Nothing that the API lets through: sending to it fails, and says why.
  if (typeof recipient === 'string') return { key: recipientId, kind: 'user', known: true, stranger: false };
  const chat = chatOf(recipient, peers);
  // The book does not know whose it is: by its own id or name the account means the chat with itself.
  return chat.key === `user:${ownId}` ? chatOf({ kind: 'self' }, peers) : chat;
}

/** @throws {GatewayError} for what the API would not have let through. */
export function recipientOf(recipientId: string): Recipient {
  const recipient = parseRecipient(recipientId);
  if (typeof recipient !== 'string') return recipient;
  throw new GatewayError('RECIPIENT_NOT_FOUND', `recipient_id ${recipient}`);
}
