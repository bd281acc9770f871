import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { act } from './act.ts';
import { missing, namedMessage, namedMessages, noMore, type JobOption } from './named-message.ts';
import { messageIdOf, msOf, parseModeOf, textOf } from './send.ts';
import { uploadMedia } from './upload-media.ts';

/** A chat of an account. */
export interface ChatArguments {
  userId: string;
  recipient: string;
}

/** What names messages on the command line: the words behind the user_id. */
export interface MessageArguments {
  userId: string;
  words: readonly string[];
}

/** The options as commander parses them. */
interface EditOptions extends JobOption {
  file?: string;
  parseMode?: string;
  preview?: boolean;
  media?: string;
  as?: string;
}

/** Gives a message that the account sent a new text, or a new file. */
export async function edit(
  context: CommandContext,
  { userId, words }: MessageArguments,
  options: EditOptions,
): Promise<ExitCode> {
  const { fields, rest } = namedMessage(words, options);
  const [text, ...others] = rest;
  noMore(others);
  const request = {
    user_id: userId,
    ...fields,
    ...(options.media === undefined
      ? { text: await textOf(context, text, options.file) }
      : { text, media: await uploadMedia(context, userId, [options.media], options.as) }),
    parse_mode: parseModeOf(options.parseMode),
    link_preview: options.preview === false ? false : undefined,
  };
  return act(context, 'message.edit', request, ({ message_id }) =>
    context.say('edited message {id}', { id: message_id }),
  );
}

export async function deleteMessages(
  context: CommandContext,
  { userId, words }: MessageArguments,
  options: JobOption & { onlyForMe?: boolean },
): Promise<ExitCode> {
  const request = {
    user_id: userId,
    ...namedMessages(words, options),
    for_everyone: options.onlyForMe !== true,
  };
  return act(context, 'message.delete', request, ({ deleted }) =>
    context.say('deleted message {ids}', { ids: deleted.join(', ') }),
  );
}

/** The options as commander parses them. */
interface ForwardOptions extends JobOption {
  dropAuthor?: boolean;
  dropCaptions?: boolean;
  topic?: string;
  silent?: boolean;
}

/** The words are `<recipient> <to> <message_id…>`, or `<to>` with `--job`. */
export async function forward(
  context: CommandContext,
  { userId, words }: MessageArguments,
  options: ForwardOptions,
): Promise<ExitCode> {
  const { dropAuthor, dropCaptions, topic, silent } = options;
  const place = options.job === undefined ? 1 : 0;
  const to = words[place];
  if (to === undefined) throw missing('<to> and message_id');
  const request = {
    user_id: userId,
    ...namedMessages(words.toSpliced(place, 1), options),
    to_recipient_id: to,
    drop_author: dropAuthor,
    drop_captions: dropCaptions,
    topic_id: topic === undefined ? undefined : messageIdOf('--topic', topic),
    silent,
  };
  return act(context, 'message.forward', request, ({ message_ids }) =>
    context.say('forwarded as message {ids}', {
      ids: message_ids.map((id) => id ?? context.say('(gone)')).join(', '),
    }),
  );
}

/** The words behind the message are emoji; none removes the account's reactions. */
export async function react(
  context: CommandContext,
  { userId, words }: MessageArguments,
  options: JobOption,
): Promise<ExitCode> {
  const { fields, rest } = namedMessage(words, options);
  const request = { user_id: userId, ...fields, emoji: [...rest] };
  return act(context, 'message.react', request, ({ message_id }) =>
    context.say('reacted to message {id}', { id: message_id }),
  );
}

/** The options as commander parses them. */
interface PinOptions extends JobOption {
  silent?: boolean;
  bothSides?: boolean;
}

export async function pin(
  context: CommandContext,
  { userId, words }: MessageArguments,
  options: PinOptions,
): Promise<ExitCode> {
  const { fields, rest } = namedMessage(words, options);
  noMore(rest);
  const request = { user_id: userId, ...fields, silent: options.silent, both_sides: options.bothSides };
  return act(context, 'message.pin', request, ({ message_id }) =>
    context.say('pinned message {id}', { id: message_id }),
  );
}

/** `all` in place of a message id: every message of the chat. */
export async function unpin(
  context: CommandContext,
  { userId, words }: MessageArguments,
  options: JobOption,
): Promise<ExitCode> {
  const [recipient_id, all, ...others] = words;
  if (options.job === undefined && recipient_id !== undefined && all === 'all') {
    noMore(others);
    const request = { user_id: userId, recipient_id, all: true };
    return act(context, 'message.unpin', request, () => context.say('unpinned every message'));
  }
  const { fields, rest } = namedMessage(words, options);
  noMore(rest);
  return act(context, 'message.unpin', { user_id: userId, ...fields }, () =>
    context.say('unpinned the message'),
  );
}

/** The options as commander parses them. */
interface PressOptions extends JobOption {
  row?: string;
  column?: string;
  data?: string;
}

export async function press(
  context: CommandContext,
  { userId, words }: MessageArguments,
  options: PressOptions,
): Promise<ExitCode> {
  const { row, column, data } = options;
  const { fields, rest } = namedMessage(words, options);
  noMore(rest);
  const request = {
    user_id: userId,
    ...fields,
    row: row === undefined ? undefined : Number(row),
    column: column === undefined ? undefined : Number(column),
    data,
  };
  return act(context, 'message.press', request, ({ text, url }) => text ?? url ?? context.say('pressed'));
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
  return act(context, 'chat.read', request, () => context.say('marked as read'));
}

/** @param chat also an invite link. */
export async function join(context: CommandContext, chat: ChatArguments): Promise<ExitCode> {
  return act(context, 'chat.join', chatFields(chat), ({ state, chat: joined }) =>
    state === 'requested'
      ? context.say('asked to join; an administrator has to approve')
      : context.say('joined {chat}', { chat: joined?.id ?? '' }).trim(),
  );
}

/** @param chat also an invite link. */
export async function leave(context: CommandContext, chat: ChatArguments): Promise<ExitCode> {
  return act(context, 'chat.leave', chatFields(chat), () => context.say('left'));
}

/** Shows the account as typing. @param ms how long. */
export async function typing(
  { client, io, out, say }: CommandContext,
  chat: ChatArguments,
  { ms }: { ms?: string },
): Promise<ExitCode> {
  const request = { ...chatFields(chat), ms: ms === undefined ? undefined : msOf('--ms', ms) };
  const answer = await client.typing(request, { signal: io.signal });
  const line = answer.shown
    ? `${out.good('✓')} ${say('shown as typing')}`
    : say('… not shown: the account is held');
  out.result(answer, line);
  return EXIT.ok;
}

function chatFields({ userId, recipient }: ChatArguments) {
  return { user_id: userId, recipient_id: recipient };
}
