import type { Message, MessageCopy, MessageEntity } from './model.ts';

/** Every event that changes a box. A box's log and pts follow from their order, so compaction keeps all of them. */
export type MessageEvent = { type: 'message_accepted'; message: Message } | MessageEdited;

export interface MessageEdited {
  type: 'message_edited';
  /** Any copy of the message. */
  copy: MessageCopy;
  text: string;
  entities?: MessageEntity[];
  noWebpage?: boolean;
  /** Unix seconds. */
  editDate: number;
}
