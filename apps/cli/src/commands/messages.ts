import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';
import { act } from './act.ts';
import { messageIdOf, msOf, parseModeOf, textOf } from './send.ts';

/** A chat of an account. */
export interface ChatArguments {
  userId: string;
  recipient: string;
}

/** The options as commander parses them. */
export interface EditOptions {
  file?: string;
  parseMode?: string;
  preview?: boolean;
}

/** Gives a message that the account sent a new text. */
export async function edit(
  context: CommandContext,
  { messageId, text, ...chat }: ChatArguments & { messageId: string; text: string | undefined },
  options: EditOptions,
): Promise<ExitCode> {
  const request = {
    ...chatFields(chat),
    message_id: messageIdOf('message_id', messageId),
    text: await textOf(context, text, options.file),
    parse_mode: parseModeOf(options.parseMode),
    link_preview: options.preview === false ? false : undefined,
  };
  return act(context, 'message.edit', request, ({ message_id }) => `edited message ${message_id}`);
}

export async function deleteMessages(
  context: CommandContext,
  { messageIds, ...chat }: ChatArguments & { messageIds: readonly string[] },
  { onlyForMe = false }: { onlyForMe?: boolean },
): Promise<ExitCode> {
  const request = {
    ...chatFields(chat),
    message_ids: messageIds.map((id) => messageIdOf('message_id', id)),
    for_everyone: !onlyForMe,
  };
  return act(context, 'message.delete', request, ({ deleted }) => `deleted message ${deleted.join(', ')}`);
}

/** The options as commander parses them. */
export interface ForwardOptions {
  dropAuthor?: boolean;
  dropCaptions?: boolean;
  topic?: string;
  silent?: boolean;
}

export async function forward(
  context: CommandContext,
  { to, messageIds, ...chat }: ChatArguments & { to: string; messageIds: readonly string[] },
  { dropAuthor, dropCaptions, topic, silent }: ForwardOptions,
): Promise<ExitCode> {
  const request = {
    ...chatFields(chat),
    to_recipient_id: to,
    message_ids: messageIds.map((id) => messageIdOf('message_id', id)),
    drop_author: dropAuthor,
    drop_captions: dropCaptions,
    topic_id: topic === undefined ? undefined : messageIdOf('--topic', topic),
    silent,
  };
  return act(
    context,
    'message.forward',
    request,
    ({ message_ids }) => `forwarded as message ${message_ids.map((id) => id ?? '(gone)').join(', ')}`,
  );
}

/** @param emoji none removes the account's reactions. */
export async function react(
  context: CommandContext,
  { messageId, emoji, ...chat }: ChatArguments & { messageId: string; emoji: string[] },
): Promise<ExitCode> {
  const request = { ...chatFields(chat), message_id: messageIdOf('message_id', messageId), emoji };
  return act(context, 'message.react', request, ({ message_id }) => `reacted to message ${message_id}`);
}

/** The options as commander parses them. */
export interface PinOptions {
  silent?: boolean;
  bothSides?: boolean;
}

export async function pin(
  context: CommandContext,
  { messageId, ...chat }: ChatArguments & { messageId: string },
  { silent, bothSides }: PinOptions,
): Promise<ExitCode> {
  const request = {
    ...chatFields(chat),
    message_id: messageIdOf('message_id', messageId),
    silent,
    both_sides: bothSides,
  };
  return act(context, 'message.pin', request, ({ message_id }) => `pinned message ${message_id}`);
}

/** @param messageId `all` for every message of the chat. */
export async function unpin(
  context: CommandContext,
  { messageId, ...chat }: ChatArguments & { messageId: string },
): Promise<ExitCode> {
  const which = messageId === 'all' ? { all: true } : { message_id: messageIdOf('message_id', messageId) };
  const request = { ...chatFields(chat), ...which };
  return act(context, 'message.unpin', request, () =>
    messageId === 'all' ? 'unpinned every message' : `unpinned message ${messageId}`,
  );
}

/** The options as commander parses them. */
export interface PressOptions {
  row?: string;
  column?: string;
  data?: string;
}

export async function press(
  context: CommandContext,
  { messageId, ...chat }: ChatArguments & { messageId: string },
  { row, column, data }: PressOptions,
): Promise<ExitCode> {
  const request = {
    ...chatFields(chat),
    message_id: messageIdOf('message_id', messageId),
    row: row === undefined ? undefined : Number(row),
    column: column === undefined ? undefined : Number(column),
    data,
  };
  return act(context, 'message.press', request, ({ text, url }) => text ?? url ?? 'pressed');
}

/** @param upTo `undefined`: the whole chat. */
export async function read(
  context: CommandContext,
  { upTo, ...chat }: ChatArguments & { upTo: string | undefined },
): Promise<ExitCode> {
  const request = {
    ...chatFields(chat),
    up_to: upTo === undefined ? undefined : messageIdOf('up_to', upTo),
  };
  return act(context, 'chat.read', request, () => 'marked as read');
}

/** @param chat also an invite link. */
export async function join(context: CommandContext, chat: ChatArguments): Promise<ExitCode> {
  return act(context, 'chat.join', chatFields(chat), ({ state, chat: joined }) =>
    state === 'requested'
      ? 'asked to join; an administrator has to approve'
      : `joined ${joined?.id ?? ''}`.trim(),
  );
}

/** @param chat also an invite link. */
export async function leave(context: CommandContext, chat: ChatArguments): Promise<ExitCode> {
  return act(context, 'chat.leave', chatFields(chat), () => 'left');
}

/** Shows the account as typing. @param ms how long. */
export async function typing(
  { client, io, out }: CommandContext,
  chat: ChatArguments,
  { ms }: { ms?: string },
): Promise<ExitCode> {
  const request = { ...chatFields(chat), ms: ms === undefined ? undefined : msOf('--ms', ms) };
  const answer = await client.typing(request, { signal: io.signal });
  out.result(answer, answer.shown ? `${out.good('✓')} shown as typing` : '… not shown: the account is held');
  return EXIT.ok;
}

function chatFields({ userId, recipient }: ChatArguments) {
  return { user_id: userId, recipient_id: recipient };
}
