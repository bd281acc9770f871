import { RpcError } from '../../errors/call-errors.ts';
import { toFailure } from '../../errors/errors.ts';
import type { TelegramFailure } from '../../errors/telegram-failure.ts';
import type { Floor } from './history.ts';

/** How to find messages in their chat. */
interface Search<T> {
  /** The last message id known in the chat before them; 0: none is known. */
  after: number;
  isBot: boolean;
  find: (floor: Floor) => Promise<T | undefined>;
}

/** This call has sent the messages. So no failure to find them, even a flood wait, may say that nothing was sent. */
export async function sentJustNow<T>(search: Search<T>): Promise<T> {
  return sentBefore(search).catch(() => {
    throw unseen();
  });
}

/**
 * Finds messages that are already sent. A failure to find them must not be taken for "not sent".
 * A flood wait may be reported: this call sent nothing, and its caller knows of the call that did.
 */
export async function sentBefore<T>({ after, isBot, find }: Search<T>): Promise<T> {
  try {
    const sent = await find({ after });
    if (sent !== undefined) return sent;
    // If the job was forgotten and enqueued again, the messages lie before others that were sent since.
    const older = after === 0 || isBot ? undefined : await find({ after: 0 });
    if (older !== undefined) return older;
  } catch (error) {
    const { outcome } = toFailure(error, true).failure;
    if (outcome === 'wait' || outcome === 'account') throw error;
  }
  throw unseen();
}

/** Telegram has the random ids, but the messages were not found: the outcome is unknown. */
export function unseen(): TelegramFailure {
  return toFailure(new RpcError(500, 'RANDOM_ID_DUPLICATE'), true);
}
