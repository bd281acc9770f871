import addCompletion from '@bomb.sh/tab/commander';
import type { Locale } from '@gateway/texts';
import { Command } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };
import type { CommonOptions, CommandContext, Runner } from './command-context.ts';
import { logout, pause, resume, status } from './commands/account.ts';
import { ask, type AskOptions } from './commands/ask.ts';
import { addAttachmentOptions } from './commands/attachments.ts';
import { loginByQr } from './commands/login-qr.ts';
import { login, type LoginOptions } from './commands/login.ts';
import { pace, type PaceOptions } from './commands/pace.ts';
import { proxy } from './commands/proxy.ts';
import { sendBatch, type BatchOptions } from './commands/send-batch.ts';
import { addSendOptions, send, type MediaOptions } from './commands/send.ts';
import {
  exportSession,
  importSession,
  type ExportOptions,
  type ImportOptions,
} from './commands/session-transfer.ts';
import { UsageError } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { inLanguage, translateHelp } from './help.ts';
import { addListingCommands } from './listing-commands.ts';
import { addMessageCommands } from './message-commands.ts';
import { addReadingCommands } from './reading-commands.ts';
import { addReceivingCommands } from './receiving-commands.ts';

const EPILOGUE = [
  'Environment: GATEWAY_URL (default http://127.0.0.1:3000), GATEWAY_API_KEY',
  'Exit codes:  0 done, 1 refused by the gateway or Telegram, 2 bad usage, 3 gateway not reachable, 130 Ctrl-C',
] as const;

const LANG = 'language of prompts and messages: en or ru; otherwise that of the terminal';

const PROXY = 'connect the account by a proxy of its own; none: as the gateway does';

/** Defines the commands, arguments and options. */
export function createProgram(run: Runner, language: Locale): Command {
  const program = new Command('telegram-gateway')
    .description('Send Telegram messages as a user, through the gateway.')
    .version(manifest.version)
    .option('--lang <language>', LANG)
    .addHelpText('after', `\n${EPILOGUE.map((line) => inLanguage(line, language)).join('\n')}`);

  const command = (parent: Command, nameAndArguments: string, description: string): Command =>
    parent
      .command(nameAndArguments)
      .description(description)
      .option('--json', 'JSON for scripts: one object per line')
      .option('--url <url>', 'address of the gateway; replaces GATEWAY_URL')
      .option('--lang <language>', LANG);

  command(program, 'login [user_id]', 'sign an account in: asks for phone, code and password')
    .option('--phone <number>', 'phone number, such as +79991234567')
    .option(
      '--code <code>',
      'the code that Telegram sent; without --phone it continues the sign-in in progress',
    )
    .option('--password-stdin', 'read the two-factor password from standard input')
    .option('--proxy <address>', PROXY)
    .option('--qr', 'show a QR code to scan in the Telegram app, instead of phone and code')
    .action((userId: string | undefined, options: CommonOptions & LoginOptions & { qr?: boolean }) =>
      run(options, (context) =>
        options.qr === true ? loginByQr(context, userId, options) : login(context, userId, options),
      ),
    );

  const account = (
    name: string,
    description: string,
    act: (context: CommandContext, userId: string) => Promise<ExitCode>,
  ) =>
    command(program, `${name} <user_id>`, description).action((userId: string, options: CommonOptions) =>
      run(options, (context) => act(context, userId)),
    );
  account('logout', 'sign an account out at Telegram and forget it', logout);
  account('pause', "hold an account's sends in their order", pause);
  account('resume', 'resume an account after a pause, PEER_FLOOD or a freeze', resume);

  command(
    program,
    'pace <user_id> [pace]',
    'set how fast an account sends (off, careful, server, or rules as JSON), and to whom it may write',
  )
    .option(
      '--replies-only <hours>',
      'only to people who have written to it within so many hours; off: to anybody',
    )
    .action((userId: string, choice: string | undefined, options: CommonOptions & PaceOptions) =>
      run(options, (context) => pace(context, userId, choice, options)),
    );

  command(
    program,
    'proxy <user_id> <address>',
    'give an account a proxy of its own: socks5://user:password@host:port, http://…, mtproxy://secret@host:port, none; - reads standard input',
  ).action((userId: string, address: string, options: CommonOptions) =>
    run(options, (context) => proxy(context, userId, address)),
  );

  command(
    program,
    'import <user_id> <file>',
    'import a session of Telethon, GramJS, Pyrogram or mtcute (a string or a file), or a backup; - reads standard input',
  )
    .option('--yes', 'confirm that no other program uses the session')
    .option('--passphrase-stdin', "read a backup's passphrase from standard input")
    .option('--proxy <address>', PROXY)
    .action((userId: string, file: string, options: CommonOptions & ImportOptions) =>
      run(options, (context) => importSession(context, { userId, file }, options)),
    );
  command(program, 'export <user_id>', "export a backup of an account's session, sealed with a passphrase")
    .option('-o, --output <file>', 'file for the backup; otherwise it is printed')
    .option('--detach', 'the session will be used elsewhere: the account stops here')
    .option('--passphrase-stdin', 'read the passphrase from standard input')
    .action((userId: string, options: CommonOptions & ExportOptions) =>
      run(options, (context) => exportSession(context, userId, options)),
    );

  command(program, 'status <user_id>', 'show the state of an account')
    .option('--live', 'check with Telegram first')
    .action((userId: string, options: CommonOptions & { live?: boolean }) =>
      run(options, (context) => status(context, userId, options)),
    );

  addSend(
    command(program, 'send [user_id] [recipient] [text]', 'send a message, or a file of messages'),
    run,
  );

  addReadingCommands((...definition) => command(program, ...definition), run);
  addMessageCommands((...definition) => command(program, ...definition), run);

  command(program, 'ask <user_id> <recipient> <prompt>', 'let the assistant answer, and send its answer')
    .option('--no-send', 'only show the answer')
    .option('--as-bot', "send it from the gateway's bot")
    .option('--send-if-cut', 'send it even if the model was cut off')
    .option('--key <key>', 'idempotency key: two calls with one key send one answer')
    .action((userId: string, recipient: string, prompt: string, options: CommonOptions & AskOptions) =>
      run(options, (context) => ask(context, { userId, recipient, prompt }, options)),
    );

  addReceivingCommands(program, command, run);

  addListingCommands(program, command, run);
  translateHelp(program, language);
  // Completion shows the descriptions as they are now.
  addCompletion(program, { completionCommandName: 'completion' });
  translateHelp(program, language);
  return program;
}

function addSend(command: Command, run: Runner): void {
  addAttachmentOptions(addSendOptions(command))
    .option(
      '--media <path>',
      'send this file; the text is its caption; given several times, the files are an album',
      (path: string, others: string[] | undefined): string[] => [...(others ?? []), path],
    )
    .option(
      '--as <type>',
      'what to send the files as: photo, video, audio, document …; by default as their kind',
    )
    .option('--quote <text>', 'with --reply-to: the quoted part of that message')
    .option(
      '--batch <file>',
      'send the messages of a .jsonl, .csv or .tsv file, with the fields of a send, or of standard input (-); UTF-8, or UTF-16 with a byte order mark',
    )
    .option('--batch-id <name>', 'name of the batch; the default is the file name')
    .option('--dry-run', 'with --batch: only say what the gateway would accept')
    .action(
      (
        userId: string | undefined,
        recipient: string | undefined,
        text: string | undefined,
        options: CommonOptions & BatchOptions & MediaOptions & { batch?: string },
      ) =>
        run(options, (context) => {
          const args = { userId, recipient, text };
          if (options.batch !== undefined && options.media !== undefined)
            throw new UsageError('give --media or --batch, not both');
          if (options.batch === undefined && options.dryRun === true)
            throw new UsageError('--dry-run needs --batch <file>; preview shows one text');
          return options.batch === undefined
            ? send(context, args, options)
            : sendBatch(context, options.batch, args, options);
        }),
    );
}
