import { holdReasonOf, type ControlPayload } from '@gateway/contracts';
import type { Logger } from '@gateway/runtime';
import { TelegramFailure } from '@gateway/telegram';
import type { Account } from '../accounts/account.ts';
import { recipientOf } from '../accounts/recipients.ts';

/** Telegram shows an action for 5 to 6 s: it is repeated before. */
const SHOWN_MS = 5_000;
const REPEAT_MS = 4_000;

/** The name under which the ledger keeps a flood wait on the call. */
const NAME = 'chat.typing';

type TypingOptions = ControlPayload<'chat.typing'>;

/** Shows accounts as typing. It never uses a job of the account's line, and gives way to every hold. */
export class Typing {
  readonly #logger: Logger;
  readonly #now: () => number;
  /** The chats that are shown an action now, and what ends it there. */
  readonly #shown = new Map<string, NodeJS.Timeout>();

  constructor(logger: Logger, now: () => number) {
    this.#logger = logger;
    this.#now = now;
  }

  /**
   * Shows the action once, and repeats it until its time is over. A later call for the chat replaces it. Call in turn.
   * @returns false if the account, or the chat, has to wait.
   */
  async show(account: Account, options: TypingOptions): Promise<boolean> {
    const chat = `${account.userId} ${account.chatOf(options.recipient).key}`;
    clearTimeout(this.#shown.get(chat));
    this.#shown.delete(chat);
    if (!(await this.#showOnce(account, options))) return false;
    const ms = options.ms - REPEAT_MS;
    if (options.ms > SHOWN_MS && options.action !== 'cancel') {
      const repeat = async () => {
        // A later call may have replaced it while it waited for its turn.
        if (this.#shown.get(chat) === timer) await this.show(account, { ...options, ms });
      };
      const timer = setTimeout(() => void account.inTurn(repeat).catch(this.#failed), REPEAT_MS).unref();
      this.#shown.set(chat, timer);
    }
    return true;
  }

  async #showOnce(account: Account, { recipient, action }: TypingOptions): Promise<boolean> {
    const { ledger } = account;
    const chat = account.chatOf(recipient);
    const now = this.#now();
    const kind = { name: NAME, makesMessages: false };
    if (account.ended !== null || account.stopped || account.hold !== null) return false;
    if (ledger.holdOf(kind, [chat], null, now) !== null) return false;
    try {
      await account.client().run(NAME, { recipient: recipientOf(recipient), action, askedAt: now });
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

  readonly #failed = (error: unknown): void => {
    this.#logger.debug({ err: error }, 'an action in a chat is not shown any more');
  };
}
