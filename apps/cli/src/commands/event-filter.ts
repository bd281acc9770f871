import type { EventFilter } from '@gateway/client';
import type { Command } from 'commander';

/** The options of a filter as commander parses them. */
export interface FilterOptions {
  chatType?: string[];
  chat?: string[];
  exceptChat?: string[];
  direction?: string;
  mentionsOnly?: boolean;
}

/** Adds the options of a filter of events. */
export function addFilterOptions(command: Command): Command {
  return command
    .option('--chat-type <type...>', 'only chats of these types: private, bot, group, supergroup, channel')
    .option('--chat <id...>', 'only these chats, by id')
    .option('--except-chat <id...>', 'not these chats')
    .option('--direction <direction>', 'only messages in, or only messages out')
    .option('--mentions-only', 'only messages that mention the account');
}

/** The filter that the options describe; `undefined`: none is given. The gateway refuses unknown values. */
export function filterOf(options: FilterOptions): EventFilter | undefined {
  const { chatType, chat, exceptChat, direction, mentionsOnly } = options;
  const given = {
    ...(chatType !== undefined && { chat_types: chatType }),
    ...(chat !== undefined && { chat_ids: chat }),
    ...(exceptChat !== undefined && { except_chat_ids: exceptChat }),
    ...(direction !== undefined && { direction }),
    ...(mentionsOnly !== undefined && { mentions_only: mentionsOnly }),
  };
  return Object.keys(given).length === 0 ? undefined : (given as EventFilter);
}
