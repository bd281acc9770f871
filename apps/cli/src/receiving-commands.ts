import type { Command } from 'commander';
import type { CommandContext, CommonOptions, Runner } from './command-context.ts';
import { receive, type ReceiveOptions } from './commands/account.ts';
import { addFilterOptions } from './commands/event-filter.ts';
import { tail } from './commands/tail.ts';
import {
  createWebhook,
  deleteWebhook,
  deliveries,
  listWebhooks,
  pauseWebhook,
  replayDelivery,
  resumeWebhook,
  showWebhook,
  testWebhook,
  type CreateWebhookOptions,
  type DeliveriesOptions,
} from './commands/webhooks.ts';
import type { ExitCode } from './failure.ts';

/** Adds a command, with the options that every command has. */
type Define = (parent: Command, nameAndArguments: string, description: string) => Command;

/** Defines the commands for what accounts receive: events, and the webhooks to which they are posted. */
export function addReceivingCommands(program: Command, define: Define, run: Runner): void {
  addFilterOptions(
    define(
      program,
      'receive <user_id>',
      'receive messages: append what happens in the chats to the events',
    ).option('--off', 'receive no more'),
  )
    .option('--everything', 'no filter any more')
    .action((userId: string, options: CommonOptions & ReceiveOptions) =>
      run(options, (context) => receive(context, userId, options)),
    );

  define(
    program,
    'tail <job_id|user_id>',
    'print each change of a job until it ends, or each event of an account: incoming messages, edits …',
  )
    .option('--after <number>', 'begin with the event after this one; by default with the next that arrives')
    .action((id: string, options: CommonOptions & { after?: string }) =>
      run(options, (context) => tail(context, id, options)),
    );

  addWebhookCommands(program.command('webhooks').description('have events posted to addresses'), define, run);
}

function addWebhookCommands(webhooks: Command, define: Define, run: Runner): void {
  define(webhooks, 'list', 'show the webhooks, and how far each is').action((options: CommonOptions) =>
    run(options, listWebhooks),
  );
  addFilterOptions(
    define(webhooks, 'create <url>', 'post events to this address; prints the secret that signs them')
      .option('--account <user_id...>', 'only events of these accounts')
      .option('--event <type...>', 'types of events; by default message.new')
      .option('--secret <text>', 'your own secret, in place of a new one'),
  ).action((url: string, options: CommonOptions & CreateWebhookOptions) =>
    run(options, (context) => createWebhook(context, url, options)),
  );

  const onWebhook = (
    name: string,
    description: string,
    act: (context: CommandContext, id: string) => Promise<ExitCode>,
  ) =>
    define(webhooks, `${name} <webhook_id>`, description).action((id: string, options: CommonOptions) =>
      run(options, (context) => act(context, id)),
    );
  onWebhook('show', 'show a webhook', showWebhook);
  onWebhook('test', 'post a test event', testWebhook);
  onWebhook('pause', 'post nothing more; the events wait', pauseWebhook);
  onWebhook('resume', 'go on with the event after the last that was taken', resumeWebhook);
  onWebhook('delete', 'delete a webhook', deleteWebhook);

  define(
    webhooks,
    'deliveries <user_id>',
    "show what was posted to the callback addresses of an account's jobs",
  )
    .option('--state <state>', 'pending, delivered or failed')
    .option('--limit <number>', 'at most so many, 1 to 100')
    .option('--before <position>', 'what comes after another page')
    .action((userId: string, options: CommonOptions & DeliveriesOptions) =>
      run(options, (context) => deliveries(context, userId, options)),
    );
  define(webhooks, 'replay <delivery_id>', 'post a delivery again').action(
    (id: string, options: CommonOptions) => run(options, (context) => replayDelivery(context, id)),
  );
}
