import {
  EXPORTED,
  GatewayError,
  PAUSED,
  type AccountView,
  type ControlPayload,
  type ControlResult,
  type ErrorCode,
} from '@gateway/contracts';
import type { ControlHandlers, RateLimits } from '@gateway/queue';
import type { Logger } from '@gateway/runtime';
import { TelegramFailure } from '@gateway/telegram';
import type { Account } from '../accounts/account.ts';
import { toGatewayError } from '../accounts/stored-account.ts';
import type { FileBlocks } from '../media/file-blocks.ts';
import type { PhoneLimits } from './phone-limits.ts';
import { QrSignIn } from './qr-sign-in.ts';
import { ReadFiles } from './read-files.ts';
import { Reading } from './reading.ts';
import { receive } from './receive.ts';
import { requireSignedIn } from './require-signed-in.ts';
import { exportSession, importSession, type TransferContext } from './session-transfer.ts';
import { setProxy } from './set-proxy.ts';
import { cancelSignIn, resendCode, startSignIn, verifySignIn } from './sign-in.ts';
import { Typing } from './typing.ts';

export interface ControlContext {
  account: (userId: string) => Promise<Account>;
  /** Cancels the messages of a send that its lane has fetched and not sent yet. */
  cancelSend: (userId: string, jobId: string) => Promise<ControlResult<'send.cancel'>['outcome']>;
  /** Wakes the account's lane after its state has changed. Never throws. */
  wake: (userId: string) => void;
  phoneLimits: PhoneLimits;
  rateLimits: Pick<RateLimits, 'take'>;
  blocks: FileBlocks;
  /** For importing and exporting sessions. */
  transfer: TransferContext;
  logger: Logger;
  now: () => number;
}

/**
 * The handler of each control job. Most run in the account's turn. Telegram's refusals become {@link GatewayError}s.
 */
export function controlHandlers({
  account,
  cancelSend,
  wake,
  phoneLimits,
  rateLimits,
  blocks,
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
  const typing = new Typing(logger);
  const reading = new Reading(now, rateLimits);
  const files = new ReadFiles(reading, blocks);
  const withAccount = async <T>(userId: string, task: (account: Account) => Promise<T>): Promise<T> => {
    try {
      return await task(await account(userId));
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
  const inTurn = <T>(userId: string, task: (account: Account) => Promise<T>): Promise<T> =>
    withAccount(userId, (served) =>
      served.inTurn(async () => {
        if (served.isUnreadable && (await served.readAgain())) wake(userId);
        return task(served);
      }),
    );
  /** For a task that must be saved: refuses before asking Telegram if the store takes no writes. */
  const saving =
    <T>(task: (account: Account) => Promise<T>) =>
    async (served: Account): Promise<T> => {
      await served.checkWritable();
      return task(served);
    };
  return {
    'auth.start': (userId, { phoneNumber, network }) =>
      inTurn(
        userId,
        saving((served) => startSignIn(served, phoneNumber, { network, now: now(), phoneLimits })),
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
    'auth.qr': (userId, { begin, network }) =>
      inTurn(
        userId,
        saving((served) => qr.show(served, begin, network)),
      ),
    // Not in turn: a cancel must not wait for the message that is being sent.
    'send.cancel': async (userId, { jobId }) => ({ outcome: await cancelSend(userId, jobId) }),
    'chat.typing': async (userId, options) => {
      const shown = await inTurn(userId, (served) => typing.show(served, options));
      return { shown };
    },
    // Not in one turn: each of their calls to Telegram takes its own, after sends that wait.
    'read.chats': (userId, query) => withAccount(userId, (served) => reading.chats(served, query)),
    'read.messages': (userId, query) => withAccount(userId, (served) => reading.messages(served, query)),
    'read.contacts': (userId, query) => withAccount(userId, (served) => reading.contacts(served, query)),
    'read.resolve': (userId, query) => withAccount(userId, (served) => reading.resolve(served, query)),
    'read.phones': (userId, query) => withAccount(userId, (served) => reading.phones(served, query)),
    'read.file': (userId, query) => withAccount(userId, (served) => files.open(served, query)),
    'read.file_block': async (userId, block) => {
      await withAccount(userId, (served) => files.storeBlock(served, block));
      return {};
    },
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
    'account.pace': async (userId, changes) => {
      const view = await inTurn(userId, (served) => setPace(served, changes));
      wake(userId);
      return view;
    },
    'account.proxy': async (userId, change) => {
      const view = await inTurn(userId, (served) => setProxy(served, change));
      wake(userId);
      return view;
    },
    'account.receive': (userId, options) => inTurn(userId, (served) => receive(served, options, now())),
    'account.disconnect': async (userId, { logout, forget }) => {
      // Checks the store first: if the log-out could not be saved, the session would be gone at Telegram and still
      // shown as valid here.
      await inTurn(userId, logout ? saving(logOut) : forget ? saving(forgetHere) : closeConnection);
      if (logout || forget) wake(userId);
      return {};
    },
    'session.import': async (userId, payload) => {
      const result = await inTurn(
        userId,
        saving((served) => importSession(transfer, served, payload)),
      );
      wake(userId);
      return result;
    },
    'session.export': (userId, options) =>
      inTurn(userId, (served) => exportSession(transfer, served, options)),
  };
}

/** Errors that only the operator can solve, so they are logged too. */
const OPERATORS: ReadonlySet<ErrorCode> = new Set([
  'API_ID_INVALID',
  'TELEGRAM_MISCONFIGURED',
  'UPDATE_APP_TO_LOGIN',
]);

/** The account's view after asking Telegram. A network problem is an error, never "signed out". */
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

/**
 * Stops the account's sends, which keep their order, until it is resumed. Leaves an account that is already stopped
 * unchanged.
 */
async function pause(account: Account): Promise<AccountView> {
  requireSignedIn(account);
  if (!account.stopped)
    await account.setStatus({ ...account.status, reason: PAUSED, next_action: 'Resume the account.' });
  return account.view;
}

/** Sets the account's own pace (`null` returns it to the server's), and whether it only answers. Absent: as before. */
async function setPace(
  account: Account,
  { pace: choice, repliesOnly }: ControlPayload<'account.pace'>,
): Promise<AccountView> {
  requireSignedIn(account);
  const isOn = repliesOnly !== undefined && repliesOnly !== false;
  if (isOn && !account.receiving.enabled) throw new GatewayError('RECEIVING_OFF');
  const { pace: before, replies_only: ruleBefore, ...status } = account.status;
  const pace = choice === undefined ? before : choice;
  const rule = repliesOnly === undefined ? ruleBefore : repliesOnly;
  if (choice !== undefined) account.endPaceHold();
  await account.setStatus({ ...status, ...(pace && { pace }), ...(rule && { replies_only: rule }) });
  return account.view;
}

/** Resumes an account that was stopped (PEER_FLOOD, a freeze, a pause). Leaves any other unchanged. */
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

/** Forgets the account here. Its session stays valid at Telegram, because it is used elsewhere now. */
async function forgetHere(account: Account): Promise<void> {
  await cancelSignIn(account);
  await account.forget();
}

/** Ends the session at Telegram first. If that fails, the session is kept, so that a later call can end it. */
async function logOut(account: Account): Promise<void> {
  await cancelSignIn(account);
  if (account.hasSession) await account.client().logOut();
  await account.forget();
}
