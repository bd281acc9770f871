import type { ActionName, ActionOutcome, DoneAnswer, QueuedAnswer, RequestOf } from '@gateway/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import type { Say } from '../language.ts';
import { queuedLine, whyHeld } from './jobs.ts';

/**
 * Runs an action. One that is not done within the wait is not a failure: the output names its job.
 * @param describe says in words what was done.
 */
export async function act<N extends ActionName>(
  { client, io, out, say }: CommandContext,
  name: N,
  request: RequestOf<N>,
  describe: (answer: DoneAnswer<N>) => string,
): Promise<ExitCode> {
  const outcome = await client.act(name, request, { signal: io.signal });
  out.result(outcome, isDone(outcome) ? `${out.good('✓')} ${describe(outcome)}` : queued(say, outcome));
  return EXIT.ok;
}

function isDone<N extends ActionName>(outcome: ActionOutcome<N>): outcome is DoneAnswer<N> {
  return outcome.status === 'ok';
}

function queued<N extends ActionName>(say: Say, outcome: ActionOutcome<N>): string {
  const { job_id, state, reason, retry_at } = outcome as QueuedAnswer;
  return queuedLine(say, { job_id, state: `${state}${whyHeld(say, reason, retry_at)}` });
}
