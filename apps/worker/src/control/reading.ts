import {
  EXPORTED,
  GatewayError,
  holdReasonOf,
  type ControlPayload,
  type ControlResult,
  type ReadJobName,
} from '@gateway/contracts';
import type { RateLimits } from '@gateway/queue';
import {
  TelegramFailure,
  type FileRange,
  type LocatedFile,
  type ReadName,
  type ReadOptions,
} from '@gateway/telegram';
import type { Account } from '../accounts/account.ts';
import { recipientOf } from '../accounts/recipients.ts';

const DAY_MS = 24 * 60 * 60_000;

/**
 * Look-ups that each endpoint may make, an account and day. Telegram limits look-ups hardest, and those of sends come
 * on top.
 */
const LOOK_UPS_A_DAY = { resolve: 50, phones: 100 } as const;

/** Reads at Telegram for callers. A read waits for every send that waits for its turn, and holds none. */
export class Reading {
  readonly #now: () => number;
  readonly #rateLimits: Pick<RateLimits, 'take'>;

  constructor(now: () => number, rateLimits: Pick<RateLimits, 'take'>) {
    this.#now = now;
    this.#rateLimits = rateLimits;
  }

  async chats(account: Account, payload: ControlPayload<'read.chats'>): Promise<ControlResult<'read.chats'>> {
    return this.#read(account, 'read.chats', { ...payload, ownId: ownIdOf(account) });
  }

  async messages(
    account: Account,
    { recipient, ...payload }: ControlPayload<'read.messages'>,
  ): Promise<ControlResult<'read.messages'>> {
    return this.#read(
      account,
      'read.messages',
      {
        ...payload,
        recipient: recipientOf(recipient),
        ownId: ownIdOf(account),
        askedAt: this.#now(),
      },
      recipient,
    );
  }

  async contacts(
    account: Account,
    payload: ControlPayload<'read.contacts'>,
  ): Promise<ControlResult<'read.contacts'>> {
    return this.#read(account, 'read.contacts', payload);
  }

  async resolve(
    account: Account,
    { recipient }: ControlPayload<'read.resolve'>,
  ): Promise<ControlResult<'read.resolve'>> {
    const countLookUp = () => this.#countLookUp('resolve', account);
    return this.#read(account, 'read.resolve', { recipient: recipientOf(recipient), countLookUp }, recipient);
  }

  async phones(
    account: Account,
    { phones }: ControlPayload<'read.phones'>,
  ): Promise<ControlResult<'read.phones'>> {
    const countLookUp = () => this.#countLookUp('phones', account);
    const unknown = phones.find((phone) => !account.chatOf(phone).known);
    return this.#read(account, 'read.phones', { phones, countLookUp, askedAt: this.#now() }, unknown);
  }

  async file(
    account: Account,
    { fileId, size }: Pick<ControlPayload<'read.file'>, 'fileId' | 'size'>,
  ): Promise<LocatedFile> {
    return this.#read(account, 'read.file', { fileId, size, ownId: ownIdOf(account) });
  }

  /** A part of a file. A flood wait holds only these. */
  async fileBytes(account: Account, file: LocatedFile, range: FileRange): Promise<Buffer> {
    return this.#held(account, 'read.file_block', undefined, () => account.reads.readFile(file, range));
  }

  /** @throws {GatewayError} `RATE_LIMITED` with `retry_after`. */
  async #countLookUp(kind: keyof typeof LOOK_UPS_A_DAY, { userId }: Account): Promise<void> {
    const most = LOOK_UPS_A_DAY[kind];
    const { allowed, retryAfter } = await this.#rateLimits.take(`look-up:${kind}:${userId}`, most, DAY_MS);
    if (allowed) return;
    throw new GatewayError('RATE_LIMITED', `An account may look up ${most} names a day.`, { retryAfter });
  }

  /**
   * @param recipient the chat that is read, if there is one: it may need a look-up.
   * @throws {GatewayError} `FLOOD_WAIT` if Telegram wants the account to wait. That holds reads of this kind alone.
   */
  async #read<N extends ReadName>(account: Account, name: N, options: ReadOptions<N>, recipient?: string) {
    return this.#held(account, name, recipient, () => account.reads.read(name, options));
  }

  async #held<T>(
    account: Account,
    name: ReadJobName,
    recipient: string | undefined,
    read: () => Promise<T>,
  ): Promise<T> {
    requireReadable(account);
    this.#refuseHeld(account, name, recipient);
    try {
      return await read();
    } catch (thrown) {
      if (!(thrown instanceof TelegramFailure)) throw thrown;
      const { failure, error } = thrown;
      if (failure.outcome === 'wait') {
        const until = this.#now() + failure.seconds * 1_000;
        const hold = { reason: holdReasonOf(error.details.rpcError ?? error.code), until };
        if (failure.scope === 'resolve') account.ledger.holdLookUps(hold);
        else account.ledger.holdType(name, hold);
        await account.ledger.save();
      }
      throw thrown;
    }
  }

  #refuseHeld(account: Account, name: ReadJobName, recipient: string | undefined): void {
    const now = this.#now();
    const isKnown = recipient === undefined || account.chatOf(recipient).known;
    const hold = account.ledger.readHoldOf(name, isKnown, now);
    if (hold === null) return;
    const retryAfter = Math.ceil((hold.until - now) / 1_000);
    throw new GatewayError('FLOOD_WAIT', undefined, { retryAfter, rpcError: hold.reason });
  }
}

/** @throws {GatewayError} `NOT_AUTHORIZED`: nobody is signed in. */
function ownIdOf({ status }: Account): string {
  if (status.user === null) throw new GatewayError('NOT_AUTHORIZED');
  return String(status.user.id);
}

/** @throws {GatewayError} `NOT_AUTHORIZED`, or the reason why the account cannot sign in any more. */
function requireReadable({ ended, status }: Account): void {
  // Queued jobs fail with ACCOUNT_DISCONNECTED. A new request only needs to know that the account is not signed in.
  if (ended !== null)
    throw ended.code === 'ACCOUNT_DISCONNECTED' ? new GatewayError('NOT_AUTHORIZED') : ended;
  if (status.reason === EXPORTED)
    throw new GatewayError('NOT_AUTHORIZED', 'The session of this account was exported for use elsewhere.');
}
