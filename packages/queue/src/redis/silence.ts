import type { Redis } from 'ioredis';
import { sendUntimed } from './script.ts';

/** Interval of the questions, and how long one may stay unanswered, in ms. */
const ASK_MS = 2_000;
const SILENCE_MS = 5_000;

/**
 * Replaces the connection once its server has stopped answering. Without this, commands would wait for a frozen or
 * unplugged server although another one has taken over; TCP takes 15 minutes to notice.
 */
export function replaceIfSilent(redis: Redis): void {
  let unansweredSince: number | null = null;
  const timer = setInterval(() => {
    // A connection that is being made has its own timeout; `connect` is the state of one whose server is silent.
    if (redis.status !== 'ready' && redis.status !== 'connect') unansweredSince = null;
    else if (unansweredSince === null) {
      unansweredSince = performance.now();
      if (redis.status === 'ready') {
        sendUntimed(redis, 'PING', []).then(
          () => (unansweredSince = null),
          () => (unansweredSince = null),
        );
      }
    } else if (performance.now() - unansweredSince >= SILENCE_MS) {
      unansweredSince = null;
      redis.disconnect(true);
    }
  }, ASK_MS);
  timer.unref();
  redis.on('ready', () => (unansweredSince = null));
  redis.once('end', () => clearInterval(timer));
}
