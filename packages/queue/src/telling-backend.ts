import { RedisQueueBackend } from 'bullmq';

/** BullMQ's backend of an account's queue, which says when it has sent a single job on its way. */
export class TellingBackend extends RedisQueueBackend {
  /** The command that adds it is written to the connection, and not answered yet: what is written now comes right behind it. */
  onAdding: () => void = () => {};

  override execCommand(
    client: Parameters<RedisQueueBackend['execCommand']>[0],
    command: string,
    args: unknown[],
  ): unknown {
    const reply: unknown = super.execCommand(client, command, args);
    if (command === 'addStandardJob' && !('isPipeline' in client)) this.onAdding();
    return reply;
  }
}
