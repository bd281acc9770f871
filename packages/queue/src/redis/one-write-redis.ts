import { Redis } from 'ioredis';

/**
 * Sends all commands of one turn of the event loop in one write. Each write wakes Redis up, so one write a command
 * costs both processes more CPU than the command itself. A command waits only until its turn ends.
 */
export class OneWriteRedis extends Redis {
  override sendCommand(...given: Parameters<Redis['sendCommand']>): unknown {
    const { stream } = this;
    // The first commands of a connection leave at once: their failed write tells that the server has hung up.
    if (this.status === 'ready' && stream.writableCorked === 0) {
      stream.cork();
      setImmediate(() => stream.uncork());
    }
    return super.sendCommand(...given);
  }
}
