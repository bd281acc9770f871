import type { ActionName, JobEnvelope } from '@gateway/actions';
import {
  Job,
  type RedisQueueBackend,
  SpanKind,
  TelemetryAttributes,
  type JobsOptions,
  type Queue,
} from 'bullmq';
import { TimelyBackend } from '../redis/timely-backend.ts';

type Client = Parameters<RedisQueueBackend['execCommand']>[0];

/** An account's queue. */
export type JobQueue = Queue<JobEnvelope, object>;

/** A job in the form that `queue.add` takes. */
export interface JobToAdd {
  name: ActionName;
  data: JobEnvelope;
  opts: JobsOptions & { jobId: string; delay: number };
}

/** The BullMQ script that enqueues a job, with its keys and arguments. */
export interface PackedJob {
  command: string;
  keys: string[];
  /** Exactly {@link BULLMQ_ARGS} arguments. */
  args: (string | Buffer)[];
}

/**
 * Number of arguments of BullMQ's enqueueing scripts, keys not counted: packed call arguments, job data, job options.
 */
export const BULLMQ_ARGS = 3;

/** Stands in for a Redis client and records the command instead of running it. */
class CommandRecorder {
  packed: PackedJob | undefined;

  exec(command: string, args: readonly (string | Buffer)[]): void {
    const keys = args.slice(0, -BULLMQ_ARGS).map(String);
    this.packed = { command, keys, args: args.slice(-BULLMQ_ARGS) };
  }
}

/**
 * BullMQ's backend for an account's queue. It can also pack a job for {@link EnqueueScript} instead of enqueueing it.
 */
export class EnqueueBackend extends TimelyBackend {
  override execCommand(client: Client, command: string, args: (string | Buffer)[]): unknown {
    return client instanceof CommandRecorder
      ? client.exec(command, args)
      : super.execCommand(client, command, args);
  }

  /** Returns the command that `queue.add` would run. Unlike `queue.add`, it does not check the options. */
  pack(queue: JobQueue, { name, data, opts }: JobToAdd): PackedJob {
    const { jobId } = opts;
    const recorder = new CommandRecorder();
    // BullMQ returns promises here, but all of this runs synchronously.
    void queue.trace(SpanKind.PRODUCER, 'add', `${queue.name}.${name}`, (span, metadata) => {
      span?.setAttributes({ [TelemetryAttributes.JobName]: name, [TelemetryAttributes.JobId]: jobId });
      const traced = metadata === undefined ? opts : { ...opts, telemetry: { metadata } };
      const job = new Job(queue, name, data, traced, jobId);
      void this.addJobToTransaction(recorder as unknown as Client, job.asJSON(), jobId);
    });
    if (recorder.packed === undefined) throw new TypeError('BullMQ ran no command to add a job');
    return recorder.packed;
  }
}
