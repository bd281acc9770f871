import { createHmac, randomInt } from 'node:crypto';
import type { Account, PeerId } from '../state/model.ts';
import type { Store } from '../state/store.ts';
import { rpcError } from './errors.ts';

/** The ids of all data centres. */
export const DATA_CENTERS = [1, 2, 3] as const;
export const MAIN_DATA_CENTER = 2;

const FIRST_ACCOUNT_ID = 5_000_000_001;
const TEST_PHONE = /^99966(\d)(\d{4})$/;

/** A Telegram test phone, `+99966XYYYY`. */
interface TestPhone {
  homeDc: number;
  /** The digit X, repeated five times. */
  code: string;
  name: string;
}

function testPhone(phone: string): TestPhone | undefined {
  const [, digit, rest] = TEST_PHONE.exec(phone) ?? [];
  if (digit === undefined || rest === undefined) return undefined;
  const homeDc = DATA_CENTERS.find((id) => id === Number(digit)) ?? MAIN_DATA_CENTER;
  return { homeDc, code: digit.repeat(5), name: `${digit}${rest}` };
}

/**
 * The digits of a phone number in any notation. @throws {RpcError} PHONE_NUMBER_INVALID unless it has 7 to 15 digits.
 */
export function phoneDigits(phone: string): string {
  const digits = phone.replace(/[\s()+-]/g, '');
  if (!/^[1-9]\d{6,14}$/.test(digits)) throw rpcError('PHONE_NUMBER_INVALID');
  return digits;
}

/** The account of a phone. Creates the account of a test phone on first use. */
export function accountByPhone(store: Store, phone: string): Account | undefined {
  const known = store.state.accountByPhone.get(phone);
  const test = testPhone(phone);
  if (known !== undefined || test === undefined) return known;
  return createAccount(store, { phone, firstName: 'Test', lastName: test.name });
}

/** The caller must have checked that phone and username are free. @throws nothing. */
export function createAccount(
  store: Store,
  data: Omit<Account, 'id' | 'homeDc'> & { id?: number; homeDc?: number },
): Account {
  const homeDc = data.homeDc ?? homeOfPhone(data.phone);
  const account = { id: FIRST_ACCOUNT_ID + store.state.accounts.size, ...data, homeDc };
  store.commit({ type: 'account_created', account });
  return account;
}

/** The data centre where a phone signs in, with or without an account. */
export function homeOfPhone(phone: string): number {
  return testPhone(phone)?.homeDc ?? MAIN_DATA_CENTER;
}

export function codeForPhone(phone: string): string {
  return testPhone(phone)?.code ?? String(randomInt(10_000, 100_000));
}

/** The 64-bit access hash of a peer for one viewer. It stays the same for the lifetime of the state. */
export function accessHash(store: Store, viewer: number, target: PeerId): bigint {
  return derivedLong(store, `access ${viewer} ${target}`);
}

/** A long derived from the state's secret and `purpose`. */
export function derivedLong(store: Store, purpose: string): bigint {
  const secret = store.state.foundation?.secret;
  if (secret === undefined) throw new Error('the state has not been founded');
  return createHmac('sha256', secret).update(purpose).digest().readBigInt64LE(0);
}
