import type { ActionName, JobOf, ResultOf } from '@gateway/actions';
import type { Recipient } from '@gateway/contracts';
import type { CallOptions, CallResult } from '@gateway/telegram';
import { recipientOf } from '../accounts/recipients.ts';
import type { RunStep } from './step.ts';

/** The fields of a job as its call takes them. */
type CallFields<N extends ActionName> = Omit<JobOf<N>, 'recipient'> & {
  recipient: Recipient;
  askedAt: number;
};

/** The actions whose call takes the fields of the job, and returns the result. */
type PlainAction = {
  [N in ActionName]: CallFields<N> extends CallOptions<N>
    ? CallResult<N> extends ResultOf<N>
      ? N
      : never
    : never;
}[ActionName];

/** Runs an action that is one call with the fields of its job. */
export function oneCall<N extends PlainAction>(name: N): RunStep<N> {
  return async (client, { job, progress, askedAt }) => {
    const fields: unknown = { ...job, recipient: recipientOf(job.recipient), askedAt };
    return { progress: { ...progress, result: await client.run(name, fields as CallOptions<N>) } };
  };
}
