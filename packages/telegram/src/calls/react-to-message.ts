import { GatewayError, type Recipient } from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Caller } from '../caller.ts';
import { rpcNameOf } from '../errors/errors.ts';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import type { Recipients } from '../peers/recipients.ts';
import { changeMessage } from './change-message.ts';
import { messageById } from './history/messages-by-id.ts';
import { withRecipient } from './with-recipient.ts';

export interface Reaction {
  recipient: Recipient;
  messageId: number;
  /** Empty: no reaction. */
  emoji: string[];
  /** When the caller requested the reaction, ms since the epoch. */
  askedAt?: number | undefined;
}

/** Replaces the account's reactions to a message. Reactions that it has already are a success. */
export async function reactToMessage(
  caller: Caller,
  recipients: Recipients,
  reaction: Reaction,
): Promise<{ message_id: number }> {
  const { messageId, emoji } = reaction;
  return withRecipient(recipients, reaction, async ({ input }) => {
    await messageById(caller, input, messageId);
    const request = new Api.messages.SendReaction({
      peer: input,
      msgId: messageId,
      reaction: emoji.map((each) => new Api.ReactionEmoji({ emoticon: withoutStyle(each) })),
    });
    await changeMessage(caller.act(request), 'MESSAGE_NOT_MODIFIED').catch((error: unknown) => {
      throw rpcNameOf(error) === 'PREMIUM_ACCOUNT_REQUIRED' ? needsPremium() : error;
    });
    return { message_id: messageId };
  });
}

/** Telegram's reactions have no variation selector: it refuses ❤️ and takes ❤. */
function withoutStyle(emoji: string): string {
  return emoji.replaceAll('\u{FE0F}', '');
}

function needsPremium(): TelegramFailure {
  const rpcError = 'PREMIUM_ACCOUNT_REQUIRED';
  return new TelegramFailure(
    { outcome: 'fail' },
    new GatewayError('REACTION_REFUSED', undefined, { rpcError }),
  );
}
