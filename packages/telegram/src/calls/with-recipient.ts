import type { Recipient } from '@gateway/contracts';
import { rpcNameOf } from '../errors/errors.ts';
import { isUnreachable, recipientUnreachable } from '../peers/recipient-not-found.ts';
import type { Recipients, ResolvedRecipient } from '../peers/recipients.ts';

/**
 * Resolves the recipient and calls Telegram with it. The access hash in the peer book may be outdated: then it resolves
 * the recipient again and repeats the call once.
 * @param to `askedAt`: ms since the epoch, when the caller named the recipient.
 */
export async function withRecipient<T>(
  recipients: Recipients,
  { recipient, askedAt }: { recipient: Recipient; askedAt?: number | undefined },
  call: (resolved: ResolvedRecipient) => Promise<T>,
): Promise<T> {
  const resolved = await recipients.resolve(recipient, askedAt);
  try {
    try {
      return await call(resolved);
    } catch (error) {
      if (!isUnreachable(rpcNameOf(error)) || !resolved.fromBook) throw error;
      const fresh = await recipients.resolveAfresh(recipient, askedAt);
      if (fresh === undefined) throw error;
      return await call(fresh);
    }
  } catch (error) {
    const rpcName = rpcNameOf(error);
    throw isUnreachable(rpcName) ? recipientUnreachable(recipient, recipients.isBot, rpcName) : error;
  }
}
