import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../failure.ts';
import { act } from './act.ts';
import { messageIdOf, parseModeOf, textOf } from './send.ts';

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

function chatFields({ userId, recipient }: ChatArguments) {
  return { user_id: userId, recipient_id: recipient };
}
