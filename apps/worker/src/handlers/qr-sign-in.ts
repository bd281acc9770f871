import { GatewayError, type QrResult } from '@gateway/contracts';
import { TelegramFailure, type AccountClient, type QrLogin } from '@gateway/telegram';
import type { Account } from '../accounts/account.ts';
import { abandon, authorize, loginOf, refuseIfSignedIn, saveAccepted, sessionOf } from './sign-in.ts';

/** ms that a code must be good for to be shown once more: a person has to find the phone. */
const MIN_SHOWN_MS = 5_000;
/** Tries to learn what came of a scan; what they do not, the next `auth.qr` does. */
const MAX_TRIES = 3;

/** What a QR sign-in asks of its surroundings. */
export interface QrContext {
  now: () => number;
  /** The account is signed in. */
  authorized: (userId: string) => void;
  /** Told of what went wrong where no caller waits for it. */
  failed: (userId: string, error: unknown) => void;
}

/**
 * Signing in by a QR code. Telegram tells this worker of a scan, which then finishes the sign-in by itself; a scan that it was not told
 * of (its connection broke, it was restarted) shows with the next code that is asked for.
 *
 * ```
 * none ──show──▶ qr_pending ──scan──▶ ready
 *                  │  ▲ show  │
 *                  │          └─two-factor─▶ password_required ──verify──▶ ready
 *                cancel ──▶ what it was before
 * ```
 */
export class QrSignIn {
  readonly #context: QrContext;
  /** The code that each connection shows; none once it may have been scanned. */
  readonly #shown = new WeakMap<AccountClient, Extract<QrLogin, { status: 'qr' }>>();

  constructor(context: QrContext) {
    this.#context = context;
  }

  /**
   * The code to scan now, or what came of a scan. In the account's turn.
   * @param begin A sign-in by QR is begun where none is under way, in the place of one by code.
   * @throws {GatewayError} `ALREADY_AUTHORIZED`; `AUTH_NOT_STARTED` where none is under way and none may be begun.
   */
  async show(account: Account, begin: boolean): Promise<QrResult> {
    if (begin) await this.#makeRoom(account);
    else if (loginOf(account).awaiting === 'code') throw new GatewayError('AUTH_NOT_STARTED');
    const { login } = account;
    if (login?.awaiting === 'password') return { status: 'password_required', hint: login.hint };
    const client = login === null ? account.freshClient() : account.client();
    const saved = await saveAccepted(account, client);
    if (saved !== null) {
      this.#context.authorized(account.userId);
      return saved;
    }
    const shown = this.#shown.get(client);
    if (shown !== undefined && shown.expiresAt - this.#context.now() >= MIN_SHOWN_MS) return toResult(shown);
    return this.#ask(account, client);
  }

  /** Nothing but a QR sign-in is under way after this. */
  async #makeRoom(account: Account): Promise<void> {
    await refuseIfSignedIn(account);
    if (account.login?.kind === 'qr') return;
    if (account.login !== null) await abandon(account, account.login);
    await account.closeClient();
  }

  /** Asks Telegram for a code, and writes down how the sign-in stands by that. */
  async #ask(account: Account, client: AccountClient): Promise<QrResult> {
    this.#shown.delete(client);
    const answer = await client
      .exportLoginToken(() => void this.#scanned(account, client))
      .catch(async (thrown: unknown) => {
        if (account.login === null) await account.closeClient();
        throw thrown;
      });
    if (answer.status === 'authorized') {
      const result = await authorize(account, client, answer.user);
      this.#context.authorized(account.userId);
      return result;
    }
    const awaiting = answer.status === 'qr' ? 'scan' : 'password';
    const hint = answer.status === 'qr' ? null : answer.hint;
    const session = sessionOf(client);
    const { login } = account;
    if (login?.session !== session || login.awaiting !== awaiting)
      await account.saveLogin({ kind: 'qr', session, awaiting, hint });
    if (answer.status !== 'qr') return answer;
    this.#shown.set(client, answer);
    return toResult(answer);
  }

  /** Telegram says that the code was scanned: the sign-in goes on though nobody has asked for it. Never throws. */
  async #scanned(account: Account, client: AccountClient): Promise<void> {
    this.#shown.delete(client);
    try {
      await account.inTurn(async () => {
        for (let attempt = 1; isAwaited(account, client); attempt++) {
          try {
            await this.#ask(account, client);
            return;
          } catch (thrown) {
            if (attempt === MAX_TRIES || !isPassing(thrown)) throw thrown;
          }
        }
      });
    } catch (thrown) {
      this.#context.failed(account.userId, thrown);
    }
  }
}

/** Whether the scan is still of the sign-in that is under way: it may have been cancelled, or have ended, while it waited for its turn. */
function isAwaited(account: Account, client: AccountClient): boolean {
  return account.login?.awaiting === 'scan' && account.client() === client;
}

function isPassing(thrown: unknown): boolean {
  if (!(thrown instanceof TelegramFailure)) return false;
  return thrown.failure.outcome === 'unknown' || thrown.failure.outcome === 'retry';
}

function toResult({ status, url, expiresAt }: Extract<QrLogin, { status: 'qr' }>): QrResult {
  return { status, url, expires_at: new Date(expiresAt).toISOString() };
}
