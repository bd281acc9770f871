import type { Socket } from 'node:net';
import { Redis } from 'ioredis';

/**
 * Sends all commands of one turn of the event loop in one write. Each write wakes Redis up, so one write a command
 * costs both processes more CPU than the command itself. A command waits only until its turn ends.
 */
export class OneWriteRedis extends Redis {
  override sendCommand(...given: Parameters<Redis['sendCommand']>): unknown {
    // There is no stream before the first connection.
    const stream: Socket | undefined = this.stream;
    if (stream?.writableCorked === 0) {
      stream.cork();
      setImmediate(() => stream.uncork());
    }
    return super.sendCommand(...given);
  }
}
