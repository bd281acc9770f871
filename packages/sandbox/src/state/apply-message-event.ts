import { emptyMailbox, logChange, type Mailbox } from './mailbox.ts';
import type { MessageEdited, MessageEvent } from './message-events.ts';
import type { Message, MessageCopy, PeerId } from './model.ts';
import { chatOf, messageIn, randomIdKey, type State } from './state.ts';

/** Applies an event that changes boxes. The event stays in the state, for compaction. */
export function applyMessageEvent(state: State, event: MessageEvent): void {
  state.messageEvents.push(event);
  switch (event.type) {
    case 'message_accepted':
      return accept(state, event.message);
    case 'message_edited':
      return edit(state, event);
  }
}

function accept(state: State, message: Message): void {
  state.messages.push(message);
  if (message.randomId !== '0')
    state.messageByRandomId.set(randomIdKey(message.from, message.randomId), message);
  for (const copy of message.copies) file(state, message, copy);
}

function file(state: State, message: Message, { box, id }: MessageCopy): void {
  const mailbox = mailboxOf(state, box);
  mailbox.messages[id - 1] = message;
  const chat = chatOf(message, box);
  const ids = mailbox.chats.get(chat);
  if (ids === undefined) mailbox.chats.set(chat, [id]);
  else ids.push(id);
  logChange(mailbox, { kind: 'new', id });
}

function edit(state: State, { copy, text, entities, noWebpage, editDate }: MessageEdited): void {
  const message = messageIn(state, copy.box, copy.id);
  if (message === undefined) return;
  setOptional(message, 'entities', entities);
  setOptional(message, 'noWebpage', noWebpage);
  Object.assign(message, { text, editDate });
  for (const { box, id } of message.copies) logChange(mailboxOf(state, box), { kind: 'edit', id });
}

function setOptional<Key extends 'entities' | 'noWebpage'>(
  message: Message,
  key: Key,
  value: Message[Key] | undefined,
): void {
  if (value === undefined) delete message[key];
  else message[key] = value;
}

function mailboxOf(state: State, box: PeerId): Mailbox {
  const mailbox = state.boxes.get(box) ?? emptyMailbox();
  state.boxes.set(box, mailbox);
  return mailbox;
}
