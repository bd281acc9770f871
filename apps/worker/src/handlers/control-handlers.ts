import {
  EXPORTED,
  GatewayError,
  PAUSED,
  type AccountView,
  type ControlResult,
  type ErrorCode,
  type PaceChoice,
} from '@gateway/contracts';
import type { ControlHandlers } from '@gateway/queue';
import type { Logger } from '@gateway/runtime';
import { TelegramFailure } from '@gateway/telegram';
import type { Account } from '../accounts/account.ts';
import { toGatewayError } from '../accounts/stored-account.ts';
import type { PhoneLimits } from './phone-limits.ts';
import { QrSignIn } from './qr-sign-in.ts';
import { exportSession, importSession, type TransferContext } from './session-transfer.ts';
import { cancelSignIn, resendCode, startSignIn, verifySignIn } from './sign-in.ts';

export interface ControlContext {
  account: (userId: string) => Promise<Account>;
  /** Takes back what has not gone out of a send that its lane has in hand. */
  cancelSend: (userId: string, jobId: string) => Promise<ControlResult<'send.cancel'>['outcome']>;
  /** Looks at the account's queue again: its state has changed. Never throws. */
  wake: (userId: string) => void;
  phoneLimits: PhoneLimits;
  /** For sessions that come and go. */
  transfer: TransferContext;
  logger: Logger;
  now: () => number;
}

/** What runs each control job: in its account's turn, with what Telegram refused told as our own error. */
export function controlHandlers({
  account,
  cancelSend,
  wake,
  phoneLimits,
  transfer,
  logger,
  now,
}: ControlContext): ControlHandlers {
  const qr = new QrSignIn({
    now,
    authorized: wake,
    failed: (userId, error) =>
      logger.warn({ err: error, userId }, 'a QR code was scanned, and what came of it is not known yet'),
  });
  const inTurn = async <T>(userId: string, task: (account: Account) => Promise<T>): Promise<T> => {
    try {
      const served = await account(userId);
      return await served.inTurn(async () => {
        if (served.isUnreadable && (await served.readAgain())) wake(userId);
        return task(served);
      });
    } catch (thrown) {
      if (thrown instanceof TelegramFailure) {
        if (OPERATORS.has(thrown.error.code))
          logger.error({ err: thrown.error, userId }, 'Telegram cannot be used with these settings');
        throw thrown.error;
      }
      const error = toGatewayError(thrown) ?? thrown;
      if (error instanceof GatewayError && error.cause !== undefined)
        logger.error({ err: error.cause, userId }, 'the account cannot be read or written');
      throw error;
    }
  };
  /** For a task that only counts once it is saved: begins nothing at Telegram while that cannot be. */
  const saving =
    <T>(task: (account: Account) => Promise<T>) =>
    async (served: Account): Promise<T> => {
      await served.checkWritable();
      return task(served);
    };
  return {
    'auth.start': (userId, { phoneNumber }) =>
      inTurn(
        userId,
        saving((served) => startSignIn(served, phoneNumber, { now: now(), phoneLimits })),
      ),
    'auth.resend': (userId) =>
      inTurn(
        userId,
        saving((served) => resendCode(served, { now: now(), phoneLimits })),
      ),
    'auth.cancel': async (userId) => {
      await inTurn(userId, saving(cancelSignIn));
      return {};
    },
    'auth.verify': async (userId, answers) => {
      const result = await inTurn(
        userId,
        saving((served) => verifySignIn(served, answers, phoneLimits)),
      );
      if (result.status === 'authorized') wake(userId);
      return result;
    },
    'auth.qr': (userId, { begin }) =>
      inTurn(
        userId,
        saving((served) => qr.show(served, begin)),
      ),
    // Not in turn: it must not wait for the message that is going out.
    'send.cancel': async (userId, { jobId }) => ({ outcome: await cancelSend(userId, jobId) }),
    'account.status': (userId) => inTurn(userId, askTelegram),
    'account.pause': async (userId) => {
      const view = await inTurn(userId, pause);
      wake(userId);
      return view;
    },
    'account.resume': async (userId) => {
      const view = await inTurn(userId, resume);
      wake(userId);
      return view;
    },
    'account.pace': async (userId, { pace }) => {
      const view = await inTurn(userId, (served) => setPace(served, pace));
      wake(userId);
      return view;
    },
    'account.disconnect': async (userId, { logout, forget }) => {
      // Telegram is asked for nothing that could not be followed here: the session would be gone there, and shown as good.
      await inTurn(userId, logout ? saving(logOut) : forget ? saving(forgetHere) : closeConnection);
      if (logout || forget) wake(userId);
      return {};
    },
    'session.import': async (userId, given) => {
      const result = await inTurn(
        userId,
        saving((served) => importSession(transfer, served, given)),
      );
      wake(userId);
      return result;
    },
    'session.export': (userId, options) =>
      inTurn(userId, (served) => exportSession(transfer, served, options)),
  };
}

/** What only the operator can solve: it must stand in the log, too. */
const OPERATORS: ReadonlySet<ErrorCode> = new Set([
  'API_ID_INVALID',
  'TELEGRAM_MISCONFIGURED',
  'UPDATE_APP_TO_LOGIN',
]);

/** The account's view after asking Telegram. Trouble with the network is an error, never "signed out". */
async function askTelegram(account: Account): Promise<AccountView> {
  if (account.ended !== null || account.status.reason === EXPORTED) return account.view;
  try {
    const user = await account.client().me();
    if (JSON.stringify(user) !== JSON.stringify(account.status.user))
      await account.setStatus({ ...account.status, user });
  } catch (thrown) {
    if (!(thrown instanceof TelegramFailure) || thrown.failure.outcome !== 'account') throw thrown;
    await account.setTrouble(thrown.failure.state, thrown.error);
  }
  return account.view;
}

/** @throws {GatewayError} `NOT_AUTHORIZED`, or why it cannot sign in any more. */
function requireSignedIn({ ended }: Account): void {
  if (ended === null) return;
  // What is queued fails because of that; to who asks now it is just not signed in.
  throw ended.code === 'ACCOUNT_DISCONNECTED' ? new GatewayError('NOT_AUTHORIZED') : ended;
}

/** Keeps the account's sends, in order, until it is resumed. One that is stopped already is left as it is. */
async function pause(account: Account): Promise<AccountView> {
  requireSignedIn(account);
  if (!account.stopped)
    await account.setStatus({ ...account.status, reason: PAUSED, next_action: 'Resume the account.' });
  return account.view;
}

/** Gives the account a pace of its own; `null`: the server's again. */
async function setPace(account: Account, choice: PaceChoice | null): Promise<AccountView> {
  requireSignedIn(account);
  const { pace: _before, ...status } = account.status;
  account.endPaceHold();
  await account.setStatus(choice === null ? status : { ...status, pace: choice });
  return account.view;
}

/** A person has looked at an account that was stopped (PEER_FLOOD, a freeze, a pause) and lets it go on. Any other is left as it is. */
async function resume(account: Account): Promise<AccountView> {
  requireSignedIn(account);
  account.forgetMissing();
  if (account.stopped)
    await account.setStatus({ ...account.status, state: 'ready', reason: null, next_action: null });
  return account.view;
}

async function closeConnection(account: Account): Promise<void> {
  await account.closeClient();
}

/** Leaves the session good at Telegram: it is used elsewhere now. */
async function forgetHere(account: Account): Promise<void> {
  await cancelSignIn(account);
  await account.forget();
}

/** Ends the session at Telegram first: one that could not be ended there is kept, so that a later call can. */
async function logOut(account: Account): Promise<void> {
  await cancelSignIn(account);
  if (account.hasSession) await account.client().logOut();
  await account.forget();
}
