import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';
import { eventLine } from './event-line.ts';

/** Prints a line for each event of an account, until the person stops it. */
export async function tailAccount(
  { patientClient, io, out, say }: CommandContext,
  userId: string,
  { after }: { after?: string },
): Promise<ExitCode> {
  if (after !== undefined && !/^\d{1,16}$/.test(after))
    throw new UsageError(`--after must be the number of an event, not ${after}`);
  const place = after === undefined ? undefined : Number(after);
  out.note(say('Waiting for the events of {user}; Ctrl-C ends this.', { user: userId }));
  for await (const event of patientClient.updates(userId, { after: place, signal: io.signal })) {
    const number = event.seq === null ? 'live' : String(event.seq);
    out.result(event, `${out.faint(number.padStart(6))} ${eventLine(say, event)}`);
  }
  return EXIT.ok;
}
