import type { Command } from 'commander';
import type { CommonOptions, Runner } from './command-context.ts';
import { downloadFile, type DownloadOptions } from './commands/download.ts';
import {
  chats,
  contacts,
  messages,
  phones,
  resolve,
  type MessagesOptions,
  type PageOptions,
} from './commands/reading.ts';

/**
 * Defines the commands that read at Telegram.
 * @param define adds a command to the program.
 */
export function addReadingCommands(
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

  page(define('contacts <user_id>', "list the account's contacts")).action(
    (userId: string, options: CommonOptions & PageOptions) =>
      run(options, (context) => contacts(context, userId, options)),
  );

  define('resolve <user_id> <recipient>', 'show who a recipient is; asks Telegram').action(
    (userId: string, recipient: string, options: CommonOptions) =>
      run(options, (context) => resolve(context, { userId, recipient })),
  );

  define('phones <user_id> <phone...>', 'show who has these phone numbers, where Telegram tells').action(
    (userId: string, numbers: string[], options: CommonOptions) =>
      run(options, (context) => phones(context, userId, numbers)),
  );
}
