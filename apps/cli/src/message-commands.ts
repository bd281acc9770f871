import type { Command } from 'commander';
import type { CommandContext, CommonOptions, Runner } from './command-context.ts';
import {
  deleteMessages,
  edit,
  forward,
  join,
  leave,
  pin,
  press,
  react,
  read,
  typing,
  unpin,
  type MessageArguments,
} from './commands/messages.ts';
import type { JobOption } from './commands/named-message.ts';
import type { ExitCode } from './failure.ts';

/** A command for messages that are named by ids, or by their job. */
interface MessageCommand {
  name: string;
  /** Its arguments with ids, and with a job. */
  byIds: string;
  byJob: string;
  description: string;
  act(this: void, context: CommandContext, args: MessageArguments, options: JobOption): Promise<ExitCode>;
}

/**
 * Defines the commands for messages that exist already, and for chats.
 * @param define adds a command to the program.
 */
export function addMessageCommands(
  define: (nameAndArguments: string, description: string) => Command,
  run: Runner,
): void {
  const onMessages = ({ name, byIds, byJob, description, act }: MessageCommand): Command =>
    define(`${name} <user_id> [words...]`, description)
      .usage(
        `[options] <user_id> ${byIds}\n       telegram-gateway ${name} [options] <user_id> --job <job_id> ${byJob}`.trimEnd(),
      )
      .option('--job <job_id>', 'the messages of this send or forward, which may still be queued')
      .action((userId: string, words: string[], options: CommonOptions & JobOption) =>
        run(options, (context) => act(context, { userId, words }, options)),
      );

  onMessages({
    name: 'edit',
    byIds: '<recipient> <message_id> [text]',
    byJob: '[text]',
    description: 'give a message a new text, or a new file',
    act: edit,
  })
    .option('--file <path>', 'take the text from a file; - as the text: from standard input')
    .option('--parse-mode <mode>', "markdown, markdown_lenient (a model's text) or html")
    .option('--no-preview', 'without a preview of links')
    .option('--media <path>', 'a file in place of its own; the text is its caption')
    .option('--as <type>', 'what the file is: photo, video, document …; by default as its kind');

  onMessages({
    name: 'delete',
    byIds: '<recipient> <message_id...>',
    byJob: '',
    description: 'delete messages of a chat',
    act: deleteMessages,
  }).option('--only-for-me', 'keep them for the others in the chat');

  onMessages({
    name: 'react',
    byIds: '<recipient> <message_id> [emoji...]',
    byJob: '[emoji...]',
    description: 'react to a message; no emoji removes the reaction',
    act: react,
  });

  onMessages({
    name: 'pin',
    byIds: '<recipient> <message_id>',
    byJob: '',
    description: 'pin a message',
    act: pin,
  })
    .option('--silent', 'without a notification')
    .option('--both-sides', 'in a private chat: for the other side too');

  onMessages({
    name: 'unpin',
    byIds: '<recipient> <message_id>',
    byJob: '',
    description: 'unpin a message; all as the id: every message',
    act: unpin,
  });

  define('read <user_id> <recipient> [up_to]', 'mark a chat as read, or up to a message').action(
    (userId: string, recipient: string, upTo: string | undefined, options: CommonOptions) =>
      run(options, (context) => read(context, { userId, recipient, upTo })),
  );

  onMessages({
    name: 'press',
    byIds: '<recipient> <message_id>',
    byJob: '',
    description: "press a button of a bot's message",
    act: press,
  })
    .option('--row <row>', 'its row, from 0')
    .option('--column <column>', 'its place in the row, from 0')
    .option('--data <data>', 'what it sends to the bot, in place of row and column');

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

  onMessages({
    name: 'forward',
    byIds: '<recipient> <to> <message_id...>',
    byJob: '<to>',
    description: 'forward messages of a chat to another',
    act: forward,
  })
    .option('--drop-author', 'as messages of the account')
    .option('--drop-captions', 'without the captions of media, and without their author')
    .option('--topic <id>', 'to this topic of a forum: the id of its first message')
    .option('--silent', 'without a notification');
}
