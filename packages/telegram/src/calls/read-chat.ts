import type { Recipient } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import type { Recipients } from '../peers/recipients.ts';
import { messageNotFound, messagesById } from './history/messages-by-id.ts';
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
    // Telegram does not say how far it has read. So the call names the newest message, for the account's own events.
    const maxId = reading.upTo ?? (await newestIn(caller, peer));
    await caller.act(
      peer instanceof Api.InputPeerChannel
        ? new Api.channels.ReadHistory({ channel: new Api.InputChannel(peer), maxId })
        : new Api.messages.ReadHistory({ peer, maxId }),
    );
    return {};
  });
}

/** The id of the newest message of a chat; 0 if it has none. */
async function newestIn(caller: Caller, peer: Api.TypeInputPeer): Promise<number> {
  const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 1, maxId: 0, minId: 0, hash: bigInt.zero };
  const answer = await caller.ask(new Api.messages.GetHistory({ peer, ...page }));
  return answer instanceof Api.messages.MessagesNotModified ? 0 : (answer.messages[0]?.id ?? 0);
}
