import type { Command } from 'commander';
import type { CommonOptions, Runner } from './command-context.ts';
import { deleteMessages, edit, type EditOptions } from './commands/messages.ts';

/** Defines the commands for messages that exist already. @param define adds a command to the program. */
export function addMessageCommands(
  define: (nameAndArguments: string, description: string) => Command,
  run: Runner,
): void {
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
}
