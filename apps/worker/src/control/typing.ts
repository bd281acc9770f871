import type { ControlPayload } from '@gateway/contracts';
import type { Logger } from '@gateway/runtime';
import type { Account } from '../accounts/account.ts';

/** Telegram shows an action for 5 to 6 s: it is repeated before. */
const SHOWN_MS = 5_000;
const REPEAT_MS = 4_000;

type TypingOptions = ControlPayload<'chat.typing'>;

/** Shows accounts as typing. It never uses a job of the account's line, and gives way to every hold. */
export class Typing {
  readonly #logger: Logger;
  /** The chats that are shown an action now, and what ends it there. */
  readonly #shown = new Map<string, NodeJS.Timeout>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Shows the action once, and repeats it until its time is over. A later call for the chat replaces it. Call in turn.
   * @returns false if the account, or the chat, has to wait.
   */
  async show(account: Account, options: TypingOptions): Promise<boolean> {
    const chat = `${account.userId} ${account.chatOf(options.recipient).key}`;
    clearTimeout(this.#shown.get(chat));
    this.#shown.delete(chat);
    if (!(await account.showTyping(options))) return false;
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

  readonly #failed = (error: unknown): void => {
    this.#logger.debug({ err: error }, 'an action in a chat is not shown any more');
  };
}
