import type { PaceChoice, RepliesOnly } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT, UsageError, type ExitCode } from '../failure.ts';
import type { Say } from '../language.ts';

export interface PaceOptions {
  /** Hours, or `off`. */
  repliesOnly?: string;
}

/** Sets the account's pace (a word, or rules as JSON), and whether it only answers; shows both. */
export async function pace(
  { client, io, out, say }: CommandContext,
  userId: string,
  choice: string | undefined,
  { repliesOnly }: PaceOptions,
): Promise<ExitCode> {
  const { signal } = io;
  const rule = repliesOnly === undefined ? undefined : ruleOf(repliesOnly);
  const wanted = choice === undefined ? undefined : paceOf(choice);
  // The rule first: it may be refused, and then nothing is changed.
  let answer = rule === undefined ? undefined : await client.repliesOnly(userId, rule, { signal });
  if (wanted !== undefined) answer = await client.pace(userId, wanted, { signal });
  if (answer === undefined)
    throw new UsageError('give a pace (off, careful, server, or rules as JSON), or --replies-only');
  const shown =
    answer.pace === null ? say('that of the server') : JSON.stringify(answer.pace).replaceAll('"', '');
  const line = say('{user}: pace {pace}; writes to {whom}', {
    user: userId,
    pace: shown,
    whom: whomOf(say, answer.replies_only),
  });
  out.result(answer, `${out.good('✓')} ${line}`);
  return EXIT.ok;
}

/** To whom the account may write. */
export function whomOf(say: Say, rule: RepliesOnly | false): string {
  return rule === false
    ? say('anybody')
    : say('people who wrote within {hours} h', { hours: rule.within_hours });
}

/** @throws {UsageError} */
function ruleOf(hours: string): RepliesOnly | false {
  if (hours === 'off') return false;
  if (!/^\d{1,3}$/.test(hours)) throw new UsageError('--replies-only must be whole hours (1 to 720), or off');
  return { within_hours: Number(hours) };
}

/** @throws {UsageError} */
function paceOf(text: string): PaceChoice | null {
  if (text === 'server') return null;
  if (text === 'off' || text === 'careful') return text;
  try {
    return JSON.parse(text) as PaceChoice;
  } catch {
    throw new UsageError(`${text} is no pace: it is off, careful, server, or rules as JSON`);
  }
}
