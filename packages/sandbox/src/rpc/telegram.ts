import type { FileStore } from '../files/file-store.ts';
import type { Account } from '../state/model.ts';
import type { Store } from '../state/store.ts';
import type { Network, RpcCall, TlObject } from '../types.ts';
import type { Faults } from './faults.ts';
import type { FileFaults } from './media/file-faults.ts';
import type { TypingNotices } from './messages/typing.ts';
import type { SrpChallenges } from './srp.ts';
import type { PushFaults } from './updates/push-faults.ts';

export interface DataCenter {
  id: number;
  host: string;
  port: number;
}

/** Settings that can change while the sandbox runs. They are kept in memory only. */
export interface SandboxSettings {
  /**
   * The answer to a second `messages.sendMessage` with the same random_id: RANDOM_ID_DUPLICATE (`error`), or the first
   * call's answer (`original`). The real Telegram has been seen to do either.
   */
  repeated_random_id: 'error' | 'original';
  code_lifetime_seconds: number;
  /** After this many wrong codes a login attempt is invalid (PHONE_CODE_EXPIRED). */
  code_tries: number;
  /** How long a QR login token can be accepted. */
  login_token_lifetime_seconds: number;
}

export const DEFAULT_SETTINGS: SandboxSettings = {
  repeated_random_id: 'error',
  code_lifetime_seconds: 300,
  code_tries: 5,
  login_token_lifetime_seconds: 30,
};

/** Everything that a call handler needs. Created once, in `createSandbox`. */
export interface Telegram {
  readonly store: Store;
  readonly files: FileStore;
  readonly settings: SandboxSettings;
  readonly faults: Faults;
  readonly fileFaults: FileFaults;
  readonly pushFaults: PushFaults;
  readonly challenges: SrpChallenges;
  readonly typing: TypingNotices;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Empty until the ports are open. */
  readonly dataCenters: () => readonly DataCenter[];
  readonly network: () => Network;
}

export function unixSeconds(telegram: Telegram): number {
  return Math.floor(telegram.now() / 1_000);
}

/** A call that may come from a client that is not signed in. */
export interface Request {
  call: RpcCall;
  query: TlObject;
  telegram: Telegram;
}

/** A call by a signed-in account. */
export interface UserRequest extends Request {
  account: Account;
}
