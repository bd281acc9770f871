import type { Command } from 'commander';
import type { CommonOptions, Runner } from './command-context.ts';
import { downloadFile, type DownloadOptions } from './commands/download.ts';
import {
  deleteMessages,
  edit,
  forward,
  join,
  press,
  type PressOptions,
  leave,
  pin,
  react,
  read,
  unpin,
  type EditOptions,
  type ForwardOptions,
  type PinOptions,
  typing,
} from './commands/messages.ts';
import { chats, messages, type MessagesOptions, type PageOptions } from './commands/reading.ts';

/**
 * Defines the commands that read, and those for messages that exist already.
 * @param define adds a command to the program.
 */
export function addMessageCommands(
  define: (nameAndArguments: string, description: string) => Command,
  run: Runner,
): void {
  const page = (command: Command): Command =>
    command
      .option('--limit <number>', 'at most so many, 1 to 100')
      .option('--before <position>', 'what comes after another page');

  page(define('chats <user_id>', "list the account's chats, the latest first")).action(
    (userId: string, options: CommonOptions & PageOptions) =>
      run(options, (context) => chats(context, userId, options)),
  );

  page(define('messages <user_id> <recipient>', 'list the messages of a chat, the newest first'))
    .option('--after <message_id>', 'only messages after this one')
    .option('--search <text>', 'only messages with this text')
    .option('--topic <id>', 'only messages of this forum topic')
    .action((userId: string, recipient: string, options: CommonOptions & MessagesOptions) =>
      run(options, (context) => messages(context, { userId, recipient }, options)),
    );

  define('download <user_id> <file_id>', 'download a file of a message, as messages --json names it')
    .option('-o, --output <file>', 'where to write it; - is standard output; otherwise under its own name')
    .option('--size <size>', 'a thumbnail in place of the file: s, m or x (100, 320 or 800 pixels)')
    .action((userId: string, fileId: string, options: CommonOptions & DownloadOptions) =>
      run(options, (context) => downloadFile(context, { userId, fileId }, options)),
    );

  define('edit <user_id> <recipient> <message_id> [text]', 'give a message a new text')
    .option('--file <path>', 'take the text from a file; - as the text: from standard input')
    .option('--parse-mode <mode>', "markdown, markdown_lenient (a model's text) or html")
    .option('--no-preview', 'without a preview of links')
    .action(
      (
        userId: string,
        recipient: string,
        messageId: string,
        text: string | undefined,
        options: CommonOptions & EditOptions,
      ) => run(options, (context) => edit(context, { userId, recipient, messageId, text }, options)),
    );

  define('delete <user_id> <recipient> <message_id...>', 'delete messages of a chat')
    .option('--only-for-me', 'keep them for the others in the chat')
    .action(
      (
        userId: string,
        recipient: string,
        messageIds: string[],
        options: CommonOptions & { onlyForMe?: boolean },
      ) => run(options, (context) => deleteMessages(context, { userId, recipient, messageIds }, options)),
    );

  define(
    'react <user_id> <recipient> <message_id> [emoji...]',
    'react to a message; no emoji removes the reaction',
  ).action((userId: string, recipient: string, messageId: string, emoji: string[], options: CommonOptions) =>
    run(options, (context) => react(context, { userId, recipient, messageId, emoji })),
  );

  define('pin <user_id> <recipient> <message_id>', 'pin a message')
    .option('--silent', 'without a notification')
    .option('--both-sides', 'in a private chat: for the other side too')
    .action((userId: string, recipient: string, messageId: string, options: CommonOptions & PinOptions) =>
      run(options, (context) => pin(context, { userId, recipient, messageId }, options)),
    );

  define('unpin <user_id> <recipient> <message_id>', 'unpin a message; all as the id: every message').action(
    (userId: string, recipient: string, messageId: string, options: CommonOptions) =>
      run(options, (context) => unpin(context, { userId, recipient, messageId })),
  );

  define('read <user_id> <recipient> [up_to]', 'mark a chat as read, or up to a message').action(
    (userId: string, recipient: string, upTo: string | undefined, options: CommonOptions) =>
      run(options, (context) => read(context, { userId, recipient, upTo })),
  );

  define('press <user_id> <recipient> <message_id>', "press a button of a bot's message")
    .option('--row <row>', 'its row, from 0')
    .option('--column <column>', 'its place in the row, from 0')
    .option('--data <data>', 'what it sends to the bot, in place of row and column')
    .action((userId: string, recipient: string, messageId: string, options: CommonOptions & PressOptions) =>
      run(options, (context) => press(context, { userId, recipient, messageId }, options)),
    );

  define('join <user_id> <recipient>', 'join a group or channel, by name or invite link').action(
    (userId: string, recipient: string, options: CommonOptions) =>
      run(options, (context) => join(context, { userId, recipient })),
  );

  define('leave <user_id> <recipient>', 'leave a group or channel').action(
    (userId: string, recipient: string, options: CommonOptions) =>
      run(options, (context) => leave(context, { userId, recipient })),
  );

  define('typing <user_id> <recipient>', 'show the account as typing in a chat')
    .option('--ms <ms>', 'how long, at most 20000')
    .action((userId: string, recipient: string, options: CommonOptions & { ms?: string }) =>
      run(options, (context) => typing(context, { userId, recipient }, options)),
    );

  define('forward <user_id> <recipient> <to> <message_id...>', 'forward messages of a chat to another')
    .option('--drop-author', 'as messages of the account')
    .option('--drop-captions', 'without the captions of media, and without their author')
    .option('--topic <id>', 'to this topic of a forum: the id of its first message')
    .option('--silent', 'without a notification')
    .action(
      (
        userId: string,
        recipient: string,
        to: string,
        messageIds: string[],
        options: CommonOptions & ForwardOptions,
      ) => run(options, (context) => forward(context, { userId, recipient, to, messageIds }, options)),
    );
}
