import type { Command } from 'commander';
import type { CommonOptions, Runner } from './command-context.ts';
import { cancelJob, getJob, waitForJob } from './commands/jobs.ts';
import {
  listAccounts,
  listFailures,
  listJobs,
  preview,
  retryJob,
  type AccountsOptions,
} from './commands/listings.ts';

/** Adds a command, with the options that every command has. */
type Define = (parent: Command, nameAndArguments: string, description: string) => Command;

/** Defines the lists of accounts and jobs, the commands for one job, and the preview of a text. */
export function addListingCommands(program: Command, define: Define, run: Runner): void {
  define(program, 'accounts', 'list the accounts')
    .option('--search <text>', 'only accounts whose user_id, name, username or phone has this')
    .option('--state <state>', 'only accounts in this state, such as ready')
    .option('--attention', 'only accounts that need a person')
    .option('--waiting', 'only accounts with messages that are not sent yet')
    .option('--sort <order>', 'name, -name, state (trouble first) or queue (the longest first)')
    .option('--limit <number>', 'at most so many, 1 to 500')
    .option('--after <place>', 'begin after this user_id, or where another page ended')
    .action((options: CommonOptions & AccountsOptions) =>
      run(options, (context) => listAccounts(context, options)),
    );

  define(program, 'failures', 'list the failed messages of all accounts, the latest first')
    .option('--search <text>', 'only accounts whose user_id, name, username or phone has this')
    .option('--limit <number>', 'at most so many, 1 to 100')
    .option('--before <place>', 'what comes after another page')
    .action((options: CommonOptions & { search?: string; limit?: string; before?: string }) =>
      run(options, (context) => listFailures(context, options)),
    );

  define(program, 'preview [text]', 'show the messages that a text goes out as')
    .option('--file <path>', 'read the text from a file; - as the text: from standard input')
    .option('--parse-mode <mode>', "markdown, markdown_lenient (a model's text) or html")
    .option('--no-split', 'keep it one message: refuse a text that is too long')
    .action((text: string | undefined, options: CommonOptions & { file?: string; parseMode?: string }) =>
      run(options, (context) => preview(context, text, options)),
    );

  const jobs = program.command('jobs').description('list, show or retry jobs, wait for one, or cancel it');
  define(jobs, 'list <user_id>', "list an account's messages: those in the queue, then those that have ended")
    .option('--limit <number>', 'at most so many, 1 to 100')
    .action((userId: string, options: CommonOptions & { limit?: string }) =>
      run(options, (context) => listJobs(context, userId, options)),
    );
  define(jobs, 'get <job_id>', 'show the state of a job').action((jobId: string, options: CommonOptions) =>
    run(options, (context) => getJob(context, jobId)),
  );
  define(jobs, 'cancel <job_id>', 'cancel a job that has not been sent').action(
    (jobId: string, options: CommonOptions) => run(options, (context) => cancelJob(context, jobId)),
  );
  define(jobs, 'retry <job_id>', 'retry a failed job, under its own id').action(
    (jobId: string, options: CommonOptions) => run(options, (context) => retryJob(context, jobId)),
  );
  define(jobs, 'wait <job_id>', 'wait until a job has ended')
    .option('--timeout <seconds>', 'maximum seconds to wait')
    .action((jobId: string, options: CommonOptions & { timeout?: string }) =>
      run(options, (context) => waitForJob(context, jobId, options)),
    );
}
