import { basename } from 'node:path';
import { checkBatch, type CheckedLine } from '../batch/check-batch.ts';
import { readBatch, type BatchLine } from '../batch/read-batch.ts';
import { newTally, runBatch, type LineEnd, type Tally } from '../batch/run-batch.ts';
import type { CommandContext } from '../command-context.ts';
import { errorLine, EXIT, UsageError, type ExitCode } from '../failure.ts';
import { readAll } from '../io.ts';
import type { Say } from '../language.ts';
import { readTextFile } from '../text-file.ts';
import { whyHeld } from './jobs.ts';
import { messageOptions, type SendArguments, type SendOptions } from './send.ts';

export interface BatchOptions extends SendOptions {
  batchId?: string;
  dryRun?: boolean;
}

/** Sends the messages of a file. The values of the command line apply to messages that do not set their own. */
export async function sendBatch(
  context: CommandContext,
  path: string,
  { userId, recipient, text }: SendArguments,
  options: BatchOptions,
): Promise<ExitCode> {
  const { client, patientClient, io, out, say } = context;
  if (options.key !== undefined || options.file !== undefined || options.wait !== undefined)
    throw new UsageError('--key, --file and --wait are for one message, not for --batch');
  const defaults = { ...messageOptions(options), user_id: userId, recipient_id: recipient, text };
  const name = options.batchId ?? (path === '-' ? undefined : basename(path));
  if (name === undefined && options.dryRun !== true)
    throw new UsageError('give --batch-id <name>: messages from standard input have no file name to go by');
  const content = path === '-' ? await readAll(io.stdin) : await readTextFile(path);
  const { lines, notes } = readBatch(path === '-' ? pipedName(content) : basename(path), content, defaults);
  for (const note of notes) out.note(out.translated(note));
  const { ready, reason } = await client.health({ signal: io.signal });
  if (!ready) out.note(say('The gateway is not ready: {reason}', { reason: out.translated(reason ?? '') }));
  if (name === undefined || options.dryRun === true) return dryRun(context, lines, name);
  const tally = newTally(lines.length);
  out.note(
    out.faint(
      say(
        '{count, plural, one {# message} other {# messages}} as batch {name}: messages already accepted under this name are not sent again',
        { count: lines.length, name },
      ),
    ),
  );
  try {
    await runBatch(
      {
        client: patientClient,
        lines,
        name,
        untilSent: options.async !== true,
        signal: io.signal,
        onLine: (end) => showLine(context, end),
        onProgress: (at) => out.progress(describe(say, at)),
      },
      tally,
    );
  } catch (error) {
    out.result({ status: 'stopped', ...tally }, describe(say, tally));
    out.note(say('Accepted messages are still sent. The same command continues where this one stopped.'));
    throw error;
  }
  out.result({ status: 'done', ...tally }, describe(say, tally));
  return tally.failed > 0 ? EXIT.refused : EXIT.ok;
}

/** Says what the gateway would do with the lines. Sends nothing. */
async function dryRun(
  { patientClient: client, io, out, say }: CommandContext,
  lines: readonly BatchLine[],
  name: string | undefined,
): Promise<ExitCode> {
  const total = { lines: lines.length, ok: 0, before: 0, messages: 0, held: 0, refused: 0 };
  const before: number[] = [];
  const onLine = (checked: CheckedLine) => {
    if (checked.error !== null) total.refused += 1;
    else if (checked.before) total.before += 1;
    else total.ok += 1;
    if (checked.before) before.push(checked.line);
    total.messages += checked.parts;
    if (checked.reason !== null) total.held += 1;
    if (out.json) return out.result(checked, '');
    if (checked.error !== null)
      out.note(
        `${out.bad('✗')} ${say('line {line}', { line: checked.line })}: ${errorLine(checked.error)}${adviceOf(say, checked.error.code)}`,
      );
  };
  await checkBatch({ client, lines, name, signal: io.signal, onLine });
  if (name !== undefined && before.length > 0 && !out.json)
    out.note(
      say('lines that were accepted before as batch {name}, and would not be sent again: {lines}', {
        name,
        lines: rangesOf(before),
      }),
    );
  const counts =
    total.before === 0
      ? say(
          '{ok} of {lines} would be accepted, as {messages, plural, one {# message} other {# messages}}; {held} would wait, {refused} would be refused. Nothing was sent.',
          total,
        )
      : say(
          '{ok} of {lines} would be accepted, as {messages, plural, one {# message} other {# messages}}; {before} were accepted before, {held} would wait, {refused} would be refused. Nothing was sent.',
          total,
        );
  out.result({ status: 'checked', ...total }, counts);
  return total.refused > 0 ? EXIT.refused : EXIT.ok;
}

function showLine({ out, say }: CommandContext, end: LineEnd): void {
  if (out.json) return out.result(end, '');
  const { line, state, error } = end;
  if (state === 'completed' || state === 'accepted') return;
  out.note(
    `${out.bad('✗')} ${say('line {line}', { line })}: ${error === null ? say(state) : errorLine(error)}${adviceOf(say, error?.code)}`,
  );
}

function adviceOf(say: Say, code: string | undefined): string {
  if (code === 'NOT_AUTHORIZED') return ' (telegram-gateway login <user_id>)';
  if (code === 'IDEMPOTENCY_MISMATCH')
    return ` (${say('accepted before, with other options; --batch-id <name> sends all again')})`;
  return '';
}

function describe(
  say: Say,
  { lines, accepted, sent, sent_before, failed, waiting, reason, retry_at }: Tally,
): string {
  const done =
    sent_before === 0
      ? say('{sent} sent', { sent })
      : say('{sent} sent now, {before} sent before', { sent, before: sent_before });
  const counts = { accepted, lines, done, failed, waiting };
  const line = say('{accepted} of {lines} accepted, {done}, {failed} failed, {waiting} waiting', counts);
  return `${line}${whyHeld(say, reason, retry_at)}`;
}

/** Most stretches of numbers that are listed. */
const MOST_RANGES = 20;

/** The numbers in short, such as `2–5, 9`. @param numbers ascending */
function rangesOf(numbers: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last.to + 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  const shown = ranges
    .slice(0, MOST_RANGES)
    .map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`));
  return [...shown, ...(ranges.length > MOST_RANGES ? ['…'] : [])].join(', ');
}

/** A name by which {@link readBatch} knows the format of what came from standard input. */
function pipedName(content: string): string {
  return content.trimStart().startsWith('{') ? 'standard-input.jsonl' : 'standard-input.csv';
}
