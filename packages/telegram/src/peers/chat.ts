import type { Peer, PeerBook, Recipient } from '@gateway/contracts';

/** The chat that a recipient stands for, as far as the account knows. */
export interface Chat {
  /**
   * One key for all forms of a recipient that the book knows to be the same chat: `user:123`, `chat:5`, `channel:9`,
   * `self`. If the chat is not known yet, the form itself: `username:bob`, `phone:+79991234567`.
   */
  key: string;
  kind: 'user' | 'group' | 'self';
  /** Whether a send needs no look-up. */
  known: boolean;
  /** A user with whom this account has no known contact. An unknown username or phone counts as one. */
  stranger: boolean;
}

/**
 * The chat that a message to `recipient` goes to. Makes no request.
 * The book does not know the account's own id, so `user:<own id>` and `self` are two chats here.
 */
export function chatOf(recipient: Recipient, book: PeerBook): Chat {
  switch (recipient.kind) {
    case 'self':
      return { key: 'self', kind: 'self', known: true, stranger: false };
    case 'username':
      return chatOfPeer(book.byUsername(recipient.username)) ?? unknownUser(`username:${recipient.username}`);
    case 'phone':
      return chatOfPeer(book.byPhone(recipient.phone)) ?? unknownUser(`phone:${recipient.phone}`);
    case 'user':
      return chatOfPeer(book.byId('user', recipient.id)) ?? unknownUser(`user:${recipient.id}`);
    case 'chat':
      // A send needs only its id.
      return { key: `chat:${recipient.id}`, kind: 'group', known: true, stranger: false };
    case 'channel': {
      const known = book.byId('channel', recipient.id) !== undefined;
      return { key: `channel:${recipient.id}`, kind: 'group', known, stranger: false };
    }
  }
}

function chatOfPeer(peer: Peer | undefined): Chat | undefined {
  if (peer === undefined) return undefined;
  const key = `${peer.kind}:${peer.id}`;
  return peer.kind === 'user'
    ? { key, kind: 'user', known: true, stranger: !peer.familiar }
    : { key, kind: 'group', known: true, stranger: false };
}

function unknownUser(key: string): Chat {
  return { key, kind: 'user', known: false, stranger: true };
}
