import {
  GatewayError,
  type CodeSent,
  type PeerBook,
  type UserInfo,
  type VerifyResult,
} from '@gateway/contracts';
import { Api } from 'telegram/tl/index.js';
import type { Asker, Caller, Home } from './caller.ts';
import { CALLS, type CallName, type CallOptions, type CallResult } from './calls/index.ts';
import type { FilePart } from './calls/media/upload-part.ts';
import { AccountConnection } from './connection/account-connection.ts';
import type { ConnectLimit } from './connection/connect-limit.ts';
import type { DataCenters } from './connection/data-centers.ts';
import { writeSession } from './connection/session.ts';
import { toFailure } from './errors/errors.ts';
import { TelegramFailure } from './errors/telegram-failure.ts';
import type { FileRange, LocatedFile } from './files/located-file.ts';
import { Transfers, type ExportTo } from './files/transfers.ts';
import { Recipients } from './peers/recipients.ts';
import { READS, type ReadName, type ReadOptions, type ReadResult } from './reads/index.ts';
import { inItsDataCenter } from './sign-in/login-data-center.ts';
import * as login from './sign-in/login.ts';
import { exportLoginToken, signedInMeanwhile } from './sign-in/qr-login.ts';
import { confirmed, logOut, saysEnded } from './sign-in/session-end.ts';
import type { AccountClient, ClientOptions, InTurn, OpenOptions, PendingLogin, QrLogin } from './types.ts';
import { presentPlace } from './updates/present-place.ts';
import { UpdateReader, type ReadUpdatesOptions } from './updates/update-reader.ts';

/** How long the caption limit of an account is kept, ms. */
const CAPTION_LIMIT_MS = 3_600_000;

type Opened = Required<Pick<OpenOptions, 'mayTalk' | 'isBot'>> & { connectLimit: ConnectLimit };

/** {@link AccountClient} on GramJS: turns sign-in and sending into calls to Telegram. */
export class GramJsAccountClient implements AccountClient {
  readonly #options: ClientOptions;
  readonly #dataCenters: DataCenters;
  readonly #connection: AccountConnection;
  readonly #recipients: Recipients;
  readonly #transfers: Transfers;
  readonly #connectLimit: ConnectLimit;
  readonly #isBot: boolean;
  /**
   * Whether the answer to the last QR step arrived. If it was lost, the key may already be signed in, and that is
   * checked first.
   */
  #qrIsKnown = false;
  /** `until`: ms since the epoch. An account may become or cease to be a premium one. */
  #captionLimit: { units: number; until: number } | undefined;

  constructor(
    options: ClientOptions,
    dataCenters: DataCenters,
    home: Home,
    peers: PeerBook,
    { mayTalk, isBot, connectLimit }: Opened,
  ) {
    this.#options = options;
    this.#dataCenters = dataCenters;
    this.#connection = new AccountConnection(options, dataCenters, home, mayTalk);
    this.#connectLimit = connectLimit;
    this.#isBot = isBot;
    const own = this.#connection;
    this.#transfers = new Transfers({ options, dataCenters, home: () => own.home, mayTalk, connectLimit });
    this.#recipients = new Recipients(this.#connection, peers, Date.now, { isBot });
  }

  async connect(): Promise<void> {
    await this.#connection.connect();
  }

  session(): string | null {
    const { dcId, authKey } = this.#connection.home;
    return authKey === undefined ? null : writeSession({ dcId, authKey });
  }

  sendCode(phoneNumber: string): Promise<CodeSent> {
    return this.#firstStep(() => login.sendCode(this.#connection, this.#options, phoneNumber));
  }

  signInBot(token: string): Promise<UserInfo> {
    return this.#firstStep(() => login.signInBot(this.#connection, this.#options, token));
  }

  exportLoginToken(onScan: () => void): Promise<QrLogin> {
    return this.#firstStep(async () => {
      this.#connection.onLoginToken = onScan;
      const isKnown = this.#qrIsKnown || this.session() === null;
      this.#qrIsKnown = false;
      const meanwhile = isKnown ? undefined : await signedInMeanwhile(this.#connection);
      const answer = meanwhile ?? (await exportLoginToken(this.#connection, this.#options));
      this.#qrIsKnown = true;
      return answer;
    });
  }

  /** Runs the first step of a sign-in where Telegram wants it. */
  #firstStep<T>(step: () => Promise<T>): Promise<T> {
    return guarded(() => inItsDataCenter(this.#connection, this.#dataCenters, step));
  }

  resendCode(pending: PendingLogin): Promise<CodeSent> {
    return guarded(() => login.resendCode(this.#connection, pending));
  }

  cancelCode(pending: PendingLogin): Promise<void> {
    return guarded(() => login.cancelCode(this.#connection, pending));
  }

  signIn(pending: PendingLogin, phoneCode: string): Promise<VerifyResult> {
    return guarded(() => login.signIn(this.#connection, pending, phoneCode));
  }

  checkPassword(password: string): Promise<UserInfo> {
    return guarded(() => login.checkPassword(this.#connection, password));
  }

  me(): Promise<UserInfo> {
    return guarded(async () => {
      this.#assertSession();
      try {
        return await this.#askWho();
      } catch (error) {
        if (!saysEnded(error)) throw error;
        // A single refusal does not prove that the session ended: ask again.
        return await this.#askWho();
      }
    });
  }

  #askWho(): Promise<UserInfo> {
    return this.#isBot ? login.currentUser(this.#connection) : login.currentPerson(this.#connection);
  }

  run<N extends CallName>(name: N, options: CallOptions<N>): Promise<CallResult<N>> {
    return guarded(async () => {
      this.#assertSession();
      const call = CALLS[name] as (...call: [Caller, Recipients, CallOptions<N>]) => Promise<CallResult<N>>;
      try {
        return await call(this.#connection, this.#recipients, options);
      } catch (error) {
        throw await confirmed(this.#connection, error);
      }
    });
  }

  async captionLimit(): Promise<number> {
    const now = Date.now();
    if (this.#captionLimit === undefined || now >= this.#captionLimit.until)
      this.#captionLimit = { units: await this.run('caption.limit', {}), until: now + CAPTION_LIMIT_MS };
    return this.#captionLimit.units;
  }

  async receive(options: ReadUpdatesOptions, inTurn: InTurn): Promise<void> {
    const { signal } = options;
    const { dcId } = this.#connection.home;
    const turn = { dcId, purpose: 'receiving' as const };
    await this.#connectLimit.run(turn, () => inTurn(() => this.connect()), signal);
    if (signal.aborted) return;
    const asker = this.#askerIn(inTurn);
    const recipients = this.#recipients.asking(asker);
    const { onDifference } = this.#options;
    const reader = new UpdateReader({
      ...options,
      asker,
      recipients,
      ...(onDifference && { onDifference }),
      now: Date.now,
    });
    this.#connection.listen(reader);
    try {
      await reader.run();
    } finally {
      this.#connection.listen(undefined);
    }
  }

  updatePlace({
    wantsChat,
    stored,
  }: Pick<ReadUpdatesOptions, 'wantsChat' | 'stored'>): Promise<Record<string, string>> {
    return guarded(async () => {
      this.#assertSession();
      const place = await presentPlace(this.#connection, this.#recipients, wantsChat, stored);
      return place.takeChange()?.set ?? {};
    });
  }

  /** Makes each query in a turn of its own. */
  #askerIn(inTurn: InTurn): Asker {
    return {
      ask: (request) =>
        inTurn(async () => {
          this.#assertSession();
          try {
            return await this.#connection.ask(request);
          } catch (error) {
            throw await confirmed(this.#connection, error);
          }
        }),
    };
  }

  read<N extends ReadName>(name: N, options: ReadOptions<N>, inTurn: InTurn): Promise<ReadResult<N>> {
    return guarded(async () => {
      const asker = this.#askerIn(inTurn);
      const read = READS[name] as (...call: [Asker, Recipients, ReadOptions<N>]) => Promise<ReadResult<N>>;
      return read(asker, this.#recipients.asking(asker), options);
    });
  }

  readFile(file: LocatedFile, range: FileRange, inTurn: InTurn): Promise<Buffer> {
    return this.#transfer(inTurn, (exportTo) => this.#transfers.read(file, range, exportTo));
  }

  uploadPart(part: FilePart, inTurn: InTurn): Promise<void> {
    return this.#transfer(inTurn, (exportTo) => this.#transfers.save(part, exportTo));
  }

  #transfer<T>(inTurn: InTurn, transfer: (exportTo: ExportTo) => Promise<T>): Promise<T> {
    return guarded(async () => {
      this.#assertSession();
      try {
        return await transfer((dcId) =>
          inTurn(() => this.#connection.ask(new Api.auth.ExportAuthorization({ dcId }))),
        );
      } catch (error) {
        throw saysEnded(error) ? await inTurn(() => confirmed(this.#connection, error)) : error;
      }
    });
  }

  logOut(): Promise<void> {
    return guarded(async () => {
      if (this.session() === null) return;
      await logOut(this.#connection);
      await this.#connection.startOver(this.#dataCenters.first);
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#transfers.close(), this.#connection.close()]);
  }

  /** Without a key there is no session. Connecting would only create a key that nothing uses. */
  #assertSession(): void {
    if (this.session() !== null) return;
    throw new TelegramFailure({ outcome: 'account', state: 'none' }, new GatewayError('NOT_AUTHORIZED'));
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toFailure(error, true);
  }
}
