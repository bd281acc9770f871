import { randomUUID } from 'node:crypto';
import type { MessageStreamEvent, TelegramProgress } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { errorLine, EXIT, UsageError, type ExitCode } from '../failure.ts';
import { readAll } from '../io.ts';
import type { Say } from '../language.ts';
import type { Output } from '../output.ts';
import { whyHeld } from './jobs.ts';
import { mayBeQueued } from './send.ts';

export interface AskOptions {
  /** False for `--no-send`. */
  send?: boolean;
  asBot?: boolean;
  sendIfCut?: boolean;
  key?: string;
}

/** Lets the assistant answer the prompt, shows the reply as it is written, and sends it to the recipient. */
export async function ask(
  { client, io, out, say }: CommandContext,
  { userId, recipient, prompt }: { userId: string; recipient: string; prompt: string },
  { send = true, asBot = false, sendIfCut = false, key = randomUUID() }: AskOptions,
): Promise<ExitCode> {
  const content = prompt === '-' ? (await readAll(io.stdin)).trimEnd() : prompt;
  if (content.trim() === '') throw new UsageError('the prompt is empty');
  const request = {
    user_id: userId,
    recipient_id: recipient,
    send_to_telegram: send,
    send_as_user: !asBot,
    ...(sendIfCut && { send_if_cut: true }),
    messages: [{ role: 'user', content }],
  };
  let exitCode: ExitCode = EXIT.ok;
  try {
    for await (const event of client.streamMessage(request, { signal: io.signal, idempotencyKey: key })) {
      if (out.json) out.result({ event: event.event, ...event.data }, '');
      else show(out, say, event);
      if (hasFailed(event)) exitCode = EXIT.refused;
      if (event.event === 'error' && event.data.kind === 'unknown_outcome') noteKey(out, say, key);
    }
  } catch (error) {
    if (send && mayBeQueued(error)) noteKey(out, say, key);
    throw error;
  }
  return exitCode;
}

function noteKey(out: Output, say: Say, key: string): void {
  out.note(
    say('The answer may have been queued. Ask again with --key {key}: then it is not sent twice.', { key }),
  );
}

function hasFailed(event: MessageStreamEvent): boolean {
  if (event.event === 'telegram') return event.data.state === 'failed' || event.data.state === 'cancelled';
  return event.event === 'error';
}

function show(out: Output, say: Say, event: MessageStreamEvent): void {
  if (event.event === 'delta') out.piece(event.data.text);
  if (event.event === 'message') {
    out.piece('\n');
    const { finish_reason: finish = 'stop' } = event.data;
    if (finish !== 'stop') out.note(out.faint(say('… the reply was cut off ({reason})', { reason: finish })));
  }
  if (event.event === 'telegram') out.note(progressLine(out, say, event.data));
  if (event.event === 'error') out.note(`\n${out.bad('✗')} ${errorLine(event.data)}`);
}

function progressLine(
  out: Output,
  say: Say,
  { state, message_id, job_id, reason, retry_at, ...rest }: TelegramProgress,
): string {
  if (state === 'completed')
    return `${out.good('✓')} ${say('sent as message {ids}', { ids: String(message_id) })}`;
  const { code = 'FAILED', message = say('it was not sent') } = rest;
  if (state === 'failed') return `${out.bad('✗')} ${errorLine({ code, message })}`;
  const watch = job_id === undefined ? '' : ` (${say('job {job}', { job: job_id })})`;
  return out.faint(`… ${state}${whyHeld(say, reason, retry_at)}${watch}`);
}
