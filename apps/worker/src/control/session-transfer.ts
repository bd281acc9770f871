import {
  EXPORTED,
  GatewayError,
  type ControlPayload,
  type UserInfo,
  type ValidationIssue,
} from '@gateway/contracts';
import { withImportLock, type RedisClient } from '@gateway/queue';
import { isBackup, openBackup, sealBackup, type SessionStore } from '@gateway/sessions';
import { readSession, sameKey, TelegramFailure, type Telegram } from '@gateway/telegram';
import type { Account } from '../accounts/account.ts';
import { abandon, refuseIfSignedIn, sessionOf } from './sign-in.ts';

/** How many accounts' sessions are read at a time. */
const BATCH = 50;

export interface TransferContext {
  redis: RedisClient;
  store: SessionStore;
  dataCenters: Telegram['dataCenters'];
  now: () => number;
}

/**
 * Imports a session of another program. Saves nothing before Telegram has named the session's user.
 * @throws {GatewayError} `VALIDATION` if it is a bot's or cannot be used here; `SESSION_IN_USE`; `NOT_AUTHORIZED` if
 * Telegram does not know it.
 */
export async function importSession(
  { redis, store, dataCenters }: TransferContext,
  account: Account,
  payload: ControlPayload<'session.import'>,
): Promise<{ user: UserInfo }> {
  await refuseIfSignedIn(account);
  const own = await readImported(payload);
  refuseIfElsewhere(dataCenters, readSession(own).dcId, payload.test_mode);
  return withImportLock(redis, async () => {
    const holder = await accountWith(store, own);
    if (holder !== null && holder !== account.userId)
      throw new GatewayError('SESSION_IN_USE', `The account ${holder} uses this session already.`);
    if (account.login !== null) await abandon(account, account.login);
    await account.closeClient();
    if (payload.network !== undefined) account.changeNetworkOfLogin(payload.network);
    try {
      const client = account.client(own);
      const user = await client.me();
      await account.authorize(sessionOf(client), user);
      return { user };
    } catch (thrown) {
      await account.closeClient();
      if (thrown instanceof TelegramFailure && thrown.failure.outcome === 'account')
        throw new GatewayError('NOT_AUTHORIZED', 'Telegram does not know this session, or no longer.', {
          rpcError: thrown.error.details.rpcError,
        });
      throw thrown;
    }
  });
}

/**
 * Exports the account's session, sealed by a passphrase. `detach`: the session will be used elsewhere, so the account
 * disconnects and keeps its messages until it is resumed.
 */
export async function exportSession(
  { now }: TransferContext,
  account: Account,
  { passphrase, detach }: { passphrase: string; detach: boolean },
): Promise<{ backup: string }> {
  const { session, status, userId } = account;
  if (account.isUnreadable) throw new GatewayError('SESSION_UNREADABLE');
  if (session === null || account.ended !== null) throw new GatewayError('NOT_AUTHORIZED');
  const made_at = new Date(now()).toISOString();
  const backup = await sealBackup({ user_id: userId, session, user: status.user, made_at }, passphrase);
  if (detach) {
    const next_action =
      'Its session was exported. Resume the account only if nobody else uses the session; else disconnect it with logout false and forget true.';
    await account.setStatus({ ...status, state: 'ready', reason: EXPORTED, next_action });
    await account.closeClient();
  }
  return { backup };
}

/** The session in the stored form. Backups are opened here; the API has converted all other forms. */
async function readImported({
  session: text,
  passphrase,
}: Pick<ControlPayload<'session.import'>, 'session' | 'passphrase'>): Promise<string> {
  let session = text;
  if (isBackup(text)) {
    if (passphrase === undefined) throw bad('passphrase', 'is needed: this is a backup');
    const backup = await openBackup(text, passphrase);
    if (backup === null) throw bad('passphrase', 'does not open this backup, or the backup was changed');
    session = backup.session;
  }
  try {
    readSession(session);
    return session;
  } catch {
    throw bad('session', 'has an unknown form');
  }
}

/** @throws {GatewayError} `VALIDATION` if this gateway cannot reach the session's data centre. */
function refuseIfElsewhere(
  { ids, areProduction }: TransferContext['dataCenters'],
  dcId: number,
  testMode: boolean,
): void {
  if (testMode && areProduction)
    throw bad('session', "is of Telegram's test servers, and this gateway uses the production ones");
  if (!ids.includes(dcId))
    throw bad('session', `names data centre ${dcId}; this gateway knows ${ids.join(', ')}`);
}

/** The account that already has this session; `null` if none has. */
async function accountWith(store: SessionStore, session: string): Promise<string | null> {
  const userIds = await store.list();
  for (let at = 0; at < userIds.length; at += BATCH) {
    const batch = userIds.slice(at, at + BATCH);
    // Accounts that cannot be read are skipped.
    const kept = await Promise.all(batch.map((userId) => store.load(userId).catch(() => null)));
    const holder = kept.find(
      (stored) => typeof stored?.session === 'string' && sameKey(stored.session, session),
    );
    if (holder) return holder.userId;
  }
  return null;
}

function bad(path: string, message: string): GatewayError {
  const issues: ValidationIssue[] = [{ path, message }];
  return new GatewayError('VALIDATION', `${path} ${message}.`, { issues });
}
