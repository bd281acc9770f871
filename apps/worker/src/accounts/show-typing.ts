import { holdReasonOf, type Hold, type TypingAction } from '@gateway/contracts';
import { TelegramFailure, type AccountClient, type Chat } from '@gateway/telegram';
import type { SendLedger } from '../lane/send-ledger.ts';
import { recipientOf } from './recipients.ts';

/** The name under which the ledger keeps a flood wait on the call. */
const NAME = 'chat.typing';

/** The account, as far as it is needed here. */
interface TypingAccount {
  readonly ended: object | null;
  readonly stopped: boolean;
  readonly hold: Hold | null;
  readonly ledger: SendLedger;
  chatOf(recipient: string): Chat;
  client(): AccountClient;
}

export interface ShownTyping {
  recipient: string;
  action: TypingAction;
  /** The topic of a forum. */
  topicId?: number | undefined;
}

/**
 * Shows the action once, unless the account or the chat has to wait. A flood wait of Telegram holds only this call.
 * Call in turn.
 * @returns whether it is shown.
 * @throws {TelegramFailure}
 */
export async function showTyping(
  account: TypingAccount,
  { recipient, action, topicId }: ShownTyping,
  now: number,
): Promise<boolean> {
  const { ledger } = account;
  const chat = account.chatOf(recipient);
  const kind = { name: NAME, makesMessages: false };
  if (account.ended !== null || account.stopped || account.hold !== null) return false;
  if (ledger.holdOf(kind, [chat], null, now) !== null) return false;
  try {
    const options = { recipient: recipientOf(recipient), action, topicId, askedAt: now };
    await account.client().run(NAME, options);
    return true;
  } catch (thrown) {
    if (!(thrown instanceof TelegramFailure) || thrown.failure.outcome !== 'wait') throw thrown;
    const until = now + thrown.failure.seconds * 1_000;
    const hold = { reason: holdReasonOf(thrown.error.details.rpcError ?? thrown.error.code), until };
    if (thrown.failure.scope === 'resolve') ledger.holdLookUps(hold);
    else ledger.holdType(NAME, hold);
    await ledger.save();
    return false;
  }
}
