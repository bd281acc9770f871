import { GatewayError, type NetworkChange, type QrResult } from '@gateway/contracts';
import { TelegramFailure, type AccountClient, type QrLogin } from '@gateway/telegram';
import type { Account } from '../accounts/account.ts';
import { abandon, authorize, loginOf, refuseIfSignedIn, saveAccepted, sessionOf } from './sign-in.ts';

/** A code is shown again only if it stays valid this long (ms): a person has to find the phone. */
const MIN_SHOWN_MS = 5_000;
/** Attempts to learn the outcome of a scan. If all fail, the next `auth.qr` asks again. */
const MAX_TRIES = 3;

/** What a QR sign-in needs from its surroundings. */
export interface QrContext {
  now: () => number;
  /** Called when the account is signed in. */
  authorized: (userId: string) => void;
  /** Called with an error that no caller waits for. */
  failed: (userId: string, error: unknown) => void;
}

/**
 * Sign-in by a QR code. Telegram notifies this worker of a scan, which then finishes the sign-in by itself. If the
 * notification was lost (connection broken, worker restarted), the next request for a code finishes it.
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
  /** The QR code last requested on each connection. It is removed once somebody may have scanned it. */
  readonly #shown = new WeakMap<AccountClient, Extract<QrLogin, { status: 'qr' }>>();

  constructor(context: QrContext) {
    this.#context = context;
  }

  /**
   * Returns the code to scan, or the outcome of a scan. Call in the account's turn.
   * @param begin whether to begin a QR sign-in if none is pending; it replaces a sign-in by code.
   * @param network how the account connects; with it, another sign-in begins.
   * @throws {GatewayError} `ALREADY_AUTHORIZED`; `AUTH_NOT_STARTED` if none is pending and `begin` is false.
   */
  async show(account: Account, begin: boolean, network?: NetworkChange): Promise<QrResult> {
    if (begin) await this.#makeRoom(account, network);
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

  /** Cancels a pending sign-in by code, so that only a QR sign-in can be pending. */
  async #makeRoom(account: Account, network: NetworkChange | undefined): Promise<void> {
    await refuseIfSignedIn(account);
    if (account.login?.kind === 'qr' && network === undefined) return;
    if (account.login !== null) await abandon(account, account.login);
    await account.closeClient();
    if (network !== undefined) account.changeNetworkOfLogin(network);
  }

  /** Asks Telegram for a code, and saves the state of the sign-in. */
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

  /** Continues the sign-in after Telegram reported a scan; no caller waits for it. Never throws. */
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

/**
 * Whether the scan belongs to the current sign-in, which may have ended or been cancelled while the scan waited for its
 * turn.
 */
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
