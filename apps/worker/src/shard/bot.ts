import { GatewayError } from '@gateway/contracts';
import { sleep, type Logger } from '@gateway/runtime';
import { TelegramFailure } from '@gateway/telegram';
import type { Account } from '../accounts/account.ts';
import { sessionOf } from '../control/sign-in.ts';

/** A bot account that can send messages instead of a person's account. */
export interface Bot {
  /** The user_id of the bot's account. */
  userId: string;
  token: string;
}

/**
 * Interval of the check that the bot is still signed in, and the first delay after a failed sign-in, which doubles up
 * to the longest, ms.
 */
const CHECK_MS = 15_000;
const RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 10 * 60_000;

export interface BotOptions {
  bot: Bot;
  account: (userId: string) => Promise<Account>;
  /** Wakes the bot's lane once it is signed in. */
  wake: (userId: string) => void;
  logger: Logger;
  signal: AbortSignal;
}

/**
 * Signs the bot in by its token, and again whenever Telegram ends its session, until the signal is aborted. Never
 * throws.
 */
export async function keepBotSignedIn({ bot, account, wake, logger, signal }: BotOptions): Promise<void> {
  let retry = RETRY_MS;
  while (!signal.aborted) {
    let pause = CHECK_MS;
    try {
      if (await signInBot(await account(bot.userId), bot.token)) {
        logger.info({ userId: bot.userId }, 'the bot is signed in');
        wake(bot.userId);
      }
      retry = RETRY_MS;
    } catch (thrown) {
      const error = thrown instanceof TelegramFailure ? thrown.error : GatewayError.from(thrown);
      pause = Math.max(retry, (error.details.retryAfter ?? 0) * 1_000);
      retry = Math.min(retry * 2, LONGEST_RETRY_MS);
      if (!signal.aborted)
        logger.error(
          { err: error, userId: bot.userId, retryInMs: pause },
          'the bot cannot sign in: its messages wait',
        );
    }
    await sleep(pause, signal);
  }
}

/** @returns whether the bot had to be signed in. */
async function signInBot(account: Account, token: string): Promise<boolean> {
  return account.inTurn(async () => {
    await account.readAgain();
    if (account.ended === null) return false;
    await account.checkWritable();
    await account.closeClient();
    const client = account.freshClient();
    try {
      const user = await client.signInBot(token);
      await account.authorize(sessionOf(client), user);
      return true;
    } catch (error) {
      await account.closeClient();
      throw error;
    }
  });
}
