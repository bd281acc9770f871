import type { Recipient } from '@gateway/contracts';
import type { Caller } from '../caller.ts';
import type { Recipients } from '../peers/recipients.ts';

/** Looks up a recipient unless the account's peer book knows it. The book knows it afterwards. */
export async function findRecipient(
  _caller: Caller,
  recipients: Recipients,
  { recipient, askedAt }: { recipient: Recipient; askedAt: number },
): Promise<void> {
  await recipients.resolve(recipient, askedAt);
}
