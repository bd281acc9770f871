import type { Account } from '../state/model.ts';
import type { Store } from '../state/store.ts';
import type { Network, RpcCall, TlObject } from '../types.ts';
import type { Faults } from './faults.ts';
import type { SrpChallenges } from './srp.ts';

export interface DataCenter {
  id: number;
  host: string;
  port: number;
}

/** What may be set while the sandbox runs. It lasts as long as the process. */
export interface SandboxSettings {
  /** What a second `messages.sendMessage` with a random_id gets: RANDOM_ID_DUPLICATE, or the first one's answer. Telegram was seen to do either. */
  repeated_random_id: 'error' | 'original';
  code_lifetime_seconds: number;
  /** Wrong codes after which a login is void (PHONE_CODE_EXPIRED). */
  code_tries: number;
  /** Of a QR sign-in: how long a token can be accepted. */
  login_token_lifetime_seconds: number;
}

export const DEFAULT_SETTINGS: SandboxSettings = {
  repeated_random_id: 'error',
  code_lifetime_seconds: 300,
  code_tries: 5,
  login_token_lifetime_seconds: 30,
};

/** "Telegram" as every call finds it. Put together once, in `createSandbox`. */
export interface Telegram {
  readonly store: Store;
  readonly settings: SandboxSettings;
  readonly faults: Faults;
  readonly challenges: SrpChallenges;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Known once the ports are open. */
  readonly dataCenters: () => readonly DataCenter[];
  readonly network: () => Network;
}

export function unixSeconds(telegram: Telegram): number {
  return Math.floor(telegram.now() / 1_000);
}

/** A call by somebody who is signed in, or need not be. */
export interface Request {
  call: RpcCall;
  query: TlObject;
  telegram: Telegram;
}

/** A call by an account. */
export interface UserRequest extends Request {
  account: Account;
}
