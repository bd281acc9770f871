import { accountCall } from './account-call.ts';
import { qrEvents, type QrAnswer, type QrEvent } from './qr.ts';
import type { Transport } from './transport.ts';
import type {
  AccountAnswer,
  CallOptions,
  CodeSentAnswer,
  SignInOptions,
  VerifyAnswer,
  VerifyAnswers,
} from './types.ts';

/**
 * Signs an account in. By code: start, optionally resend, verify. By QR code: startQr, watchQr, and verify if the
 * account has a password. `cancel` ends either.
 */
export class SignIn {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Asks Telegram to send a code.
   * @param phoneNumber E.164, such as `+79991234567`
   * @param options `network`: the account's own proxy, and how it introduces itself. Absent: as before.
   */
  start(userId: string, phoneNumber: string, options: SignInOptions = {}): Promise<CodeSentAnswer> {
    const body = { user_id: userId, phone_number: phoneNumber, ...options.network };
    return this.#transport.json(accountCall('auth/start', body, options));
  }

  /** Asks Telegram to send the code again, by the next channel (`next_delivery`). */
  resend(userId: string, options: CallOptions = {}): Promise<CodeSentAnswer> {
    return this.#transport.json(accountCall('auth/resend', { user_id: userId }, options));
  }

  /**
   * Starts a sign-in by QR code and returns the code to show. Cancels an unfinished sign-in by code.
   * A scan needs no further call, unless the account has a password.
   * @param options `network` as for {@link start}.
   */
  startQr(userId: string, options: SignInOptions = {}): Promise<QrAnswer> {
    return this.#transport.json(accountCall('auth/qr', { user_id: userId, ...options.network }, options));
  }

  /**
   * Yields each new code of the current QR sign-in, then its result. Call it again after the stream closed early.
   * @throws {GatewayConnectionError} if the stream breaks off. @throws {GatewayApiError} `AUTH_NOT_STARTED`
   */
  watchQr(userId: string, options: CallOptions = {}): AsyncGenerator<QrEvent> {
    return qrEvents(this.#transport, userId, options);
  }

  verify(userId: string, answers: VerifyAnswers, options: CallOptions = {}): Promise<VerifyAnswer> {
    return this.#transport.json(accountCall('auth/verify', { user_id: userId, ...answers }, options));
  }

  cancel(userId: string, options: CallOptions = {}): Promise<AccountAnswer> {
    return this.#transport.json(accountCall('auth/cancel', { user_id: userId }, options));
  }
}
