import type { Recipient } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import type { Recipients } from '../peers/recipients.ts';
import { messageNotFound, messagesById } from './messages-by-id.ts';
import { withRecipient } from './with-recipient.ts';

export interface Reading {
  recipient: Recipient;
  /** `null`: the whole chat. */
  upTo: number | null;
  /** When the caller requested it, ms since the epoch. */
  askedAt?: number | undefined;
}

/** Marks a chat as read. One that is read already is a success. */
export async function readChat(
  caller: Caller,
  recipients: Recipients,
  reading: Reading,
): Promise<Record<string, never>> {
  return withRecipient(recipients, reading, async ({ input: peer }) => {
    if (reading.upTo !== null) {
      const [found] = await messagesById(caller, peer, [reading.upTo]);
      if (found?.isInChat !== true) throw messageNotFound();
    }
    // Telegram takes 0 for the whole chat.
    const maxId = reading.upTo ?? 0;
    if (peer instanceof Api.InputPeerChannel)
      await caller.act(new Api.channels.ReadHistory({ channel: new Api.InputChannel(peer), maxId }));
    else await caller.act(new Api.messages.ReadHistory({ peer, maxId }));
    return {};
  });
}
