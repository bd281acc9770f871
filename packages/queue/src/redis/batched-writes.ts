import type { Socket } from 'node:net';
import { atTurnsEnd } from '@gateway/runtime';
import type { Redis } from 'ioredis';

/**
 * Sends all commands of one turn of the event loop with one system call. Under load, the system calls cost more than
 * everything else about the commands.
 *
 * No command waits longer than that turn, so a single one is as fast as before. Unlike ioredis'
 * `enableAutoPipelining`, this adds no cost per command.
 */
export function batchWrites(redis: Redis): Redis {
  redis.on('connect', () => {
    // ioredis does not export the type of its socket.
    const { stream } = redis as unknown as { stream: Socket };
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    let corked = false;
    const uncork = () => {
      corked = false;
      stream.uncork();
    };
    stream.write = (...args: unknown[]) => {
      if (!corked) {
        corked = true;
        stream.cork();
        atTurnsEnd(uncork);
      }
      return write(...args);
    };
  });
  return redis;
}
