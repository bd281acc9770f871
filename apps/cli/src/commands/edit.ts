import type { ActionOutcome } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { whyHeld } from './jobs.ts';
import { messageIdOf, parseModeOf, textOf } from './send.ts';

/** The options as commander parses them. */
export interface EditOptions {
  file?: string;
  parseMode?: string;
  preview?: boolean;
}

export interface EditArguments {
  userId: string;
  recipient: string;
  messageId: string;
  text: string | undefined;
}

/** Gives a message that the account sent a new text. */
export async function edit(
  context: CommandContext,
  args: EditArguments,
  options: EditOptions,
): Promise<ExitCode> {
  const { client, io, out } = context;
  const outcome = await client.act(
    'message.edit',
    {
      user_id: args.userId,
      recipient_id: args.recipient,
      message_id: messageIdOf('message_id', args.messageId),
      text: await textOf(context, args.text, options.file),
      parse_mode: parseModeOf(options.parseMode),
      link_preview: options.preview === false ? false : undefined,
    },
    { signal: io.signal },
  );
  out.result(outcome, describe(context, outcome));
  return EXIT.ok;
}

function describe({ out }: CommandContext, outcome: ActionOutcome<'message.edit'>): string {
  if (outcome.status === 'ok') return `${out.good('✓')} edited message ${outcome.message_id}`;
  const { job_id, state, reason, retry_at } = outcome;
  return `… queued (${state}${whyHeld(reason, retry_at)}); watch it by: telegram-gateway tail ${job_id}`;
}
