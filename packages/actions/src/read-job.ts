import { actionOf, type ActionName, type AnyAction, type JobOf } from './catalogue.ts';
import { jobEnvelopeSchema } from './job-envelope.ts';

/** A job of this version's catalogue. */
export type KnownJob = { [N in ActionName]: { name: N; data: JobOf<N> } }[ActionName];

export type ReadJob =
  | ({ is: 'known'; action: AnyAction } & KnownJob)
  /** Only a newer worker can run it as its caller meant it. `why` is for the log. */
  | { is: 'newer'; why: string }
  /** The product never enqueued it. */
  | { is: 'broken' };

/** Reads a job as Redis keeps it. A job of an unknown kind or version, or with an unknown field, is `newer`. */
export function readJob(name: string, data: unknown): ReadJob {
  const envelope = jobEnvelopeSchema.safeParse(data);
  if (!envelope.success) return { is: 'broken' };
  const action = actionOf(name);
  if (action === undefined) return { is: 'newer', why: `there is no action ${name}` };
  const { v = 1 } = envelope.data;
  if (v > action.v) return { is: 'newer', why: `${name} has version ${v}, this worker knows ${action.v}` };
  const parsed = action.schema.safeParse(data);
  if (parsed.success) return { is: 'known', action, name: action.name, data: parsed.data } as ReadJob;
  const unknown = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : [],
  );
  return unknown.length > 0
    ? { is: 'newer', why: `${name} has the unknown field ${unknown.join(', ')}` }
    : { is: 'broken' };
}
