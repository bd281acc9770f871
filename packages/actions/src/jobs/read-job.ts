import { actionOf, type ActionName, type AnyAction, type JobOf } from '../catalogue.ts';
import { jobEnvelopeSchema, type JobEnvelope } from './job-envelope.ts';

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
  const action = actionOf(name);
  const parsed = action?.schema.safeParse(data);
  const isKnown = parsed?.success === true && action !== undefined && versionOf(parsed.data) <= action.v;
  if (isKnown) return { is: 'known', action, name: action.name, data: parsed.data } as ReadJob;
  const envelope = jobEnvelopeSchema.safeParse(data);
  if (!envelope.success) return { is: 'broken' };
  if (action === undefined) return { is: 'newer', why: `there is no action ${name}` };
  const v = versionOf(envelope.data);
  if (v > action.v) return { is: 'newer', why: `${name} has version ${v}, this worker knows ${action.v}` };
  const issues = parsed?.error?.issues ?? [];
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  return unknown.length > 0
    ? { is: 'newer', why: `${name} has the unknown field ${unknown.join(', ')}` }
    : { is: 'broken' };
}

function versionOf({ v = 1 }: JobEnvelope): number {
  return v;
}
