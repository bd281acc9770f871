import type { Media } from './media.ts';
import type { Message, MessageCopy, MessageEntity, PeerId } from './model.ts';

/** Every event that changes a box. A box's log and pts follow from their order, so compaction keeps all of them. */
export type MessageEvent =
  | { type: 'message_accepted'; message: Message }
  | MessageEdited
  | MessagesDeleted
  | MessageReacted
  | MessagesPinned
  | HistoryRead;

export interface MessageEdited {
  type: 'message_edited';
  /** Any copy of the message. */
  copy: MessageCopy;
  text: string;
  /** Only if the edit replaces it. */
  media?: Media;
  entities?: MessageEntity[];
  noWebpage?: boolean;
  /** Unix seconds. */
  editDate: number;
}

export interface MessagesDeleted {
  type: 'messages_deleted';
  box: PeerId;
  /** Ids in `box`; all of them exist. */
  ids: number[];
  /** Also delete the copies in other boxes. */
  everywhere: boolean;
}

/** Replaces the account's reactions to a message. */
export interface MessageReacted {
  type: 'message_reacted';
  /** Any copy of the message. */
  copy: MessageCopy;
  accountId: number;
  emoji: string[];
  /** Unix seconds. */
  date: number;
}

export interface MessagesPinned {
  type: 'messages_pinned';
  box: PeerId;
  /** Ids in `box`, of one chat. */
  ids: number[];
  pinned: boolean;
  /** Also pin or unpin the copies in other boxes. */
  everywhere: boolean;
}

/** An account has read a chat up to a message id of its box. */
export interface HistoryRead {
  type: 'history_read';
  accountId: number;
  /** The box that numbers the messages: the account's own, or the channel's. */
  box: PeerId;
  peer: PeerId;
  maxId: number;
}
