import { randomUUID } from 'node:crypto';
import {
  GatewayApiError,
  GatewayConnectionError,
  type OutgoingMessage,
  type SendOutcome,
} from '@gateway/client';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';
import { readAll } from '../io.ts';
import { readTextFile } from '../text-file.ts';
import { attachmentOf, type AttachmentOptions } from './attachments.ts';
import { queuedLine, secondsOf, whyHeld } from './jobs.ts';
import { uploadMedia } from './upload-media.ts';

/** The options as commander parses them. */
export interface SendOptions {
  file?: string;
  parseMode?: string;
  replyTo?: string;
  topic?: string;
  typing?: string;
  silent?: boolean;
  preview?: boolean;
  at?: string;
  wait?: string;
  async?: boolean;
  key?: string;
}

/** The options of a send that a batch does not have. */
export interface MediaOptions extends AttachmentOptions {
  media?: string[];
  as?: string;
  quote?: string;
}

/** Adds the options of one send to its command. */
export function addSendOptions(command: Command): Command {
  return command
    .option('--file <path>', 'read the text from a file; - as the text: from standard input')
    .option('--parse-mode <mode>', "markdown, markdown_lenient (a model's text) or html")
    .option('--reply-to <id>', 'reply to this message of the chat')
    .option('--topic <id>', 'send to this topic of a forum: the id of its first message')
    .option('--typing <ms>', 'show the account as typing first, at most 20000 ms')
    .option('--silent', 'send silently')
    .option('--no-preview', 'without link previews')
    .option('--at <time>', 'hold until this time, with time zone: 2030-01-31T09:00:00+03:00')
    .option('--wait <seconds>', 'seconds to wait until the message is sent (at most 60)')
    .option('--async', 'do not wait: the answer is a job')
    .option('--key <key>', 'Idempotency-Key: sends with the same key are one message');
}

export interface SendArguments {
  userId: string | undefined;
  recipient: string | undefined;
  text: string | undefined;
}

/** Sends one message. A message that is not sent within the wait is not a failure: the output names its job. */
export async function send(
  context: CommandContext,
  args: SendArguments,
  options: SendOptions & MediaOptions,
): Promise<ExitCode> {
  const { client, io, out, say } = context;
  const { userId, recipient } = args;
  if (userId === undefined || recipient === undefined)
    throw new UsageError(
      'user_id and recipient are needed: telegram-gateway send <user_id> <recipient> [text | -]',
    );
  const message: OutgoingMessage = {
    ...messageOptions(options),
    user_id: userId,
    recipient_id: recipient,
    quote: options.quote === undefined ? undefined : { text: options.quote },
    ...(await contentOf(context, userId, args.text, options)),
  };
  const idempotencyKey = options.key ?? randomUUID();
  const wait = options.wait === undefined ? undefined : secondsOf('--wait', options.wait);
  try {
    const sending = { idempotencyKey, wait, respondAsync: options.async, signal: io.signal };
    const outcome = await client.send(message, sending);
    out.result(outcome, describe(context, outcome));
    return EXIT.ok;
  } catch (error) {
    if (mayBeQueued(error) && options.key === undefined)
      out.note(
        say('It may have been accepted. Send it again with --key {key}: then it is sent only once.', {
          key: idempotencyKey,
        }),
      );
    throw error;
  }
}

/** The text, the files and their caption, or what takes their place. */
async function contentOf(
  context: CommandContext,
  userId: string,
  given: string | undefined,
  { file, media, as, ...options }: SendOptions & MediaOptions,
): Promise<Pick<OutgoingMessage, 'text' | 'media' | 'location' | 'contact' | 'poll'>> {
  const attachment = attachmentOf(options);
  // The gateway refuses a text beside it.
  if (attachment !== null) return { ...attachment, text: given };
  if (media === undefined && as !== undefined) throw new UsageError('--as needs --media <path>');
  if (media === undefined) return { text: await textOf(context, given, file) };
  // A file needs no caption, so without a text none is read from standard input.
  const text = given === undefined && file === undefined ? undefined : await textOf(context, given, file);
  return { text, media: await uploadMedia(context, userId, media, as) };
}

/** Whether the failed request may have enqueued a message. The same Idempotency-Key then finds its job. */
export function mayBeQueued(error: unknown): boolean {
  if (error instanceof GatewayConnectionError) return true;
  // If an existing job's outcome is unknown, retrying with its key only finds that same job.
  return (
    error instanceof GatewayApiError &&
    error.kind === 'unknown_outcome' &&
    (error.jobId === null || error.code === 'QUEUE_UNAVAILABLE')
  );
}

/** The message fields set by the options, for any recipient. @throws {UsageError} */
export function messageOptions(
  options: SendOptions,
): Omit<OutgoingMessage, 'user_id' | 'recipient_id' | 'text'> {
  return {
    parse_mode: parseModeOf(options.parseMode),
    reply_to: options.replyTo === undefined ? undefined : messageIdOf('--reply-to', options.replyTo),
    topic_id: options.topic === undefined ? undefined : messageIdOf('--topic', options.topic),
    typing_ms: options.typing === undefined ? undefined : msOf('--typing', options.typing),
    silent: options.silent,
    link_preview: options.preview === false ? false : undefined,
    send_at: options.at,
  };
}

const PARSE_MODES = ['markdown', 'markdown_lenient', 'html', 'none'] as const;

/** @throws {UsageError} if there is no such mode. */
export function parseModeOf(mode: string | undefined): OutgoingMessage['parse_mode'] {
  if (mode === undefined) return undefined;
  const known = PARSE_MODES.find((name) => name === mode.toLowerCase());
  if (known === undefined)
    throw new UsageError(`--parse-mode must be markdown, markdown_lenient, html or none, not ${mode}`);
  return known;
}

/** @throws {UsageError} if it is no message id. @param option names the value in the error. */
export function messageIdOf(option: string, value: string): number {
  if (!/^[1-9]\d{0,9}$/.test(value))
    throw new UsageError(`${option} must be the id of a message, not ${value}`);
  return Number(value);
}

/** @throws {UsageError} if it is no number of milliseconds. @param option names the value in the error. */
export function msOf(option: string, value: string): number {
  if (!/^\d{1,5}$/.test(value)) throw new UsageError(`${option} must be ms, not ${value}`);
  return Number(value);
}

/** The text from the command line, a file, or standard input (`-`, or a pipe), without its final line end. */
export async function textOf(
  { io }: CommandContext,
  text: string | undefined,
  file: string | undefined,
): Promise<string> {
  if (file !== undefined && text !== undefined) throw new UsageError('give the text or --file, not both');
  if (file !== undefined) return withoutLineEnd(await readTextFile(file));
  if (text !== undefined && text !== '-') return text;
  if (text === undefined && io.prompter !== null)
    throw new UsageError('the text is missing: give it, --file <path>, or - for standard input');
  return withoutLineEnd(await readAll(io.stdin));
}

function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}

function describe({ out, say }: CommandContext, outcome: SendOutcome): string {
  if (outcome.status === 'ok') {
    const ids = outcome.message_ids ?? [outcome.message_id];
    return `${out.good('✓')} ${say('sent as message {ids}', { ids: ids.join(', ') })}`;
  }
  const { job_id, state, reason, retry_at } = outcome;
  return queuedLine(say, { job_id, state: `${say(state)}${whyHeld(say, reason, retry_at)}` });
}
