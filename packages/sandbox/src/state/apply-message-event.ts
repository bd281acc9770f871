import { emptyMailbox, logChange, type Mailbox } from './mailbox.ts';
import type {
  HistoryRead,
  MessageEdited,
  MessageEvent,
  MessageReacted,
  MessagesDeleted,
  MessagesPinned,
} from './message-events.ts';
import type { Message, MessageCopy, PeerId } from './model.ts';
import { chatOf, idIn, messageIn, randomIdKey, readKey, type State } from './state.ts';

/** Applies an event that changes boxes. The event stays in the state, for compaction, and is never changed. */
export function applyMessageEvent(state: State, event: MessageEvent): void {
  state.messageEvents.push(event);
  switch (event.type) {
    case 'message_accepted':
      return accept(state, { ...event.message });
    case 'message_edited':
      return edit(state, event);
    case 'messages_deleted':
      return deleteMessages(state, event);
    case 'message_reacted':
      return react(state, event);
    case 'messages_pinned':
      return pin(state, event);
    case 'history_read':
      return read(state, event);
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

function edit(state: State, { copy, text, media, entities, noWebpage, editDate }: MessageEdited): void {
  const message = messageIn(state, copy.box, copy.id);
  if (message === undefined) return;
  setOptional(message, 'entities', entities);
  setOptional(message, 'noWebpage', noWebpage);
  Object.assign(message, { text, editDate });
  if (media !== undefined) message.media = media;
  for (const { box, id } of copiesLeft(state, message))
    logChange(mailboxOf(state, box), { kind: 'edit', id });
}

function setOptional<Key extends 'entities' | 'noWebpage'>(
  message: Message,
  key: Key,
  value: Message[Key] | undefined,
): void {
  if (value === undefined) delete message[key];
  else message[key] = value;
}

function deleteMessages(state: State, { box, ids, everywhere }: MessagesDeleted): void {
  for (const [owner, copies] of idsByBox(state, box, ids, everywhere)) {
    const mailbox = mailboxOf(state, owner);
    const gone = new Set(copies);
    for (const id of copies) {
      const message = mailbox.messages[id - 1];
      mailbox.messages[id - 1] = undefined;
      if (message !== undefined) message.deletedIn = [...(message.deletedIn ?? []), owner];
    }
    for (const [chat, kept] of mailbox.chats) {
      if (kept.some((id) => gone.has(id)))
        mailbox.chats.set(
          chat,
          kept.filter((id) => !gone.has(id)),
        );
    }
    logChange(mailbox, { kind: 'delete', ids: copies }, copies.length);
  }
}

function react(state: State, { copy, accountId, emoji, date }: MessageReacted): void {
  const message = messageIn(state, copy.box, copy.id);
  if (message === undefined) return;
  const others = (message.reactions ?? []).filter((reaction) => reaction.accountId !== accountId);
  message.reactions = emoji.length === 0 ? others : [...others, { accountId, emoji, date }];
  message.reactedAt = date;
  for (const { box, id } of copiesLeft(state, message))
    logChange(mailboxOf(state, box), { kind: 'edit', id, isReaction: true });
}

function pin(state: State, { box, ids, pinned, everywhere }: MessagesPinned): void {
  for (const [owner, copies] of idsByBox(state, box, ids, everywhere)) {
    const mailbox = mailboxOf(state, owner);
    const [first] = copies.flatMap((id) => mailbox.messages[id - 1] ?? []);
    if (first === undefined) continue;
    for (const id of copies) {
      const message = mailbox.messages[id - 1];
      if (message === undefined) continue;
      const others = (message.pinnedIn ?? []).filter((other) => other !== owner);
      message.pinnedIn = pinned ? [...others, owner] : others;
    }
    const change = { kind: 'pin', peer: chatOf(first, owner), ids: copies, pinned } as const;
    logChange(mailbox, change, copies.length);
  }
}

/** Reading raises the pts of accounts only: a channel's box is not the reader's own. */
function read(state: State, { accountId, box, peer, maxId }: HistoryRead): void {
  const before = state.readInbox.get(readKey(accountId, peer)) ?? 0;
  state.readInbox.set(readKey(accountId, peer), maxId);
  const isOwnBox = box === accountId;
  const mailbox = mailboxOf(state, box);
  if (isOwnBox) logChange(mailbox, { kind: 'read_inbox', peer, maxId });
  const latest = new Map<number, Message>();
  for (const id of mailbox.chats.get(peer) ?? []) {
    const message = id > before && id <= maxId ? mailbox.messages[id - 1] : undefined;
    if (message !== undefined && message.from !== accountId) latest.set(message.from, message);
  }
  for (const [author, message] of latest) {
    const authorBox = isOwnBox ? author : box;
    const chat = chatOf(message, authorBox);
    const id = idIn(message, authorBox);
    if (id === undefined || !state.accounts.has(author)) continue;
    if ((state.readOutbox.get(readKey(author, chat)) ?? 0) >= id) continue;
    state.readOutbox.set(readKey(author, chat), id);
    if (isOwnBox) logChange(mailboxOf(state, author), { kind: 'read_outbox', peer: chat, maxId: id });
  }
}

/** The ids of messages by box: only of `box`, or of every box that still has a copy. */
function idsByBox(
  state: State,
  box: PeerId,
  ids: readonly number[],
  everywhere: boolean,
): Map<PeerId, number[]> {
  const byBox = new Map<PeerId, number[]>();
  for (const id of ids) {
    const message = messageIn(state, box, id);
    if (message === undefined) continue;
    for (const copy of everywhere ? copiesLeft(state, message) : [{ box, id }])
      byBox.set(copy.box, [...(byBox.get(copy.box) ?? []), copy.id]);
  }
  return byBox;
}

function copiesLeft(state: State, message: Message): MessageCopy[] {
  return message.copies.filter(({ box, id }) => messageIn(state, box, id) !== undefined);
}

function mailboxOf(state: State, box: PeerId): Mailbox {
  const mailbox = state.boxes.get(box) ?? emptyMailbox();
  state.boxes.set(box, mailbox);
  return mailbox;
}
