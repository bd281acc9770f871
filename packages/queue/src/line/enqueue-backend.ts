import type { SendJob, SendResult } from '@gateway/contracts';
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
export type SendQueue = Queue<SendJob, SendResult, 'send'>;

/** A message's job as `queue.add` takes it. */
export interface SendToAdd {
  name: 'send';
  data: SendJob;
  opts: JobsOptions & { jobId: string; delay: number };
}

/** What BullMQ's own script is to be run with to add a job. */
export interface PackedJob {
  command: string;
  keys: string[];
  /** {@link BULLMQ_ARGS} of them. */
  args: (string | Buffer)[];
}

/** What each of BullMQ's scripts that add a job is told beside its keys: the job's place, its data, its options. */
export const BULLMQ_ARGS = 3;

/** Stands in for Redis, and takes down what it is to do. */
class Packing {
  packed: PackedJob | undefined;

  exec(command: string, args: readonly (string | Buffer)[]): void {
    const keys = args.slice(0, -BULLMQ_ARGS).map(String);
    this.packed = { command, keys, args: args.slice(-BULLMQ_ARGS) };
  }
}

/** BullMQ's backend of an account's queue, which also packs the arguments by which BullMQ's script adds a job. */
export class AcceptingBackend extends TimelyBackend {
  override execCommand(client: Client, command: string, args: (string | Buffer)[]): unknown {
    return client instanceof Packing ? client.exec(command, args) : super.execCommand(client, command, args);
  }

  /** What `queue.add` would have Redis do, save that the options are checked by nobody. */
  pack(queue: SendQueue, { name, data, opts }: SendToAdd): PackedJob {
    const { jobId } = opts;
    const packing = new Packing();
    // All of it happens at once, though BullMQ has promises for it.
    void queue.trace(SpanKind.PRODUCER, 'add', `${queue.name}.${name}`, (span, metadata) => {
      span?.setAttributes({ [TelemetryAttributes.JobName]: name, [TelemetryAttributes.JobId]: jobId });
      const traced = metadata === undefined ? opts : { ...opts, telemetry: { metadata } };
      const job = new Job(queue, name, data, traced, jobId);
      void this.addJobToTransaction(packing as unknown as Client, job.asJSON(), jobId);
    });
    if (packing.packed === undefined) throw new TypeError('BullMQ does not say how to add a job');
    return packing.packed;
  }
}
