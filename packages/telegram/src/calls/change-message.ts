import { rpcNameOf } from '../errors/errors.ts';
import { messageNotFound } from './history/messages-by-id.ts';

/**
 * Awaits a call that changes a message.
 * @param already Telegram's error name for a message that is as asked already.
 * @returns the answer; `null` if the message was as asked already.
 * @throws {TelegramFailure} `MESSAGE_NOT_FOUND` if the message is gone meanwhile, or the call's failure.
 */
export async function changeMessage<T>(call: Promise<T>, already: string): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    const name = rpcNameOf(error);
    if (name === already) return null;
    throw name === 'MESSAGE_ID_INVALID' ? messageNotFound(name) : error;
  }
}
