import type { AccountConnection } from '../connection/account-connection.ts';
import type { DataCenters } from '../connection/data-centers.ts';
import { MisconfiguredError, UnknownKeyError } from '../errors/call-errors.ts';
import { rpcNameOf } from '../errors/errors.ts';
import { TelegramFailure } from '../errors/telegram-failure.ts';

/**
 * Most attempts to start one sign-in. Telegram names the right data centre at once, so a third attempt would be a loop.
 */
const MAX_BEGINNINGS = 3;

/** Runs the first step of a sign-in, and starts over in another data centre if Telegram names one. */
export async function inItsDataCenter<T>(
  connection: AccountConnection,
  dataCenters: DataCenters,
  step: () => Promise<T>,
): Promise<T> {
  for (let beginning = 1; ; beginning++) {
    try {
      return await step();
    } catch (error) {
      const dcId = whereToStartOver(error, connection.home.dcId);
      if (dcId === undefined || beginning === MAX_BEGINNINGS) throw error;
      // Keep the incomplete session: it is of no use in a data centre that cannot be reached.
      if (dataCenters.find(dcId) === undefined)
        throw new MisconfiguredError(dataCenters.whyMissing(dcId), { cause: error });
      await connection.startOver(dcId);
    }
  }
}

/** The data centre in which to start the login over; `undefined` if starting over does not help against this error. */
function whereToStartOver(error: unknown, currentDcId: number): number | undefined {
  const migrate = /^(?:PHONE|NETWORK|USER)_MIGRATE_(\d+)$/.exec(rpcNameOf(error) ?? '');
  if (migrate !== null) return Number(migrate[1]);
  // An incomplete login whose key is unknown has nothing to lose.
  return error instanceof TelegramFailure && error.cause instanceof UnknownKeyError ? currentDcId : undefined;
}
