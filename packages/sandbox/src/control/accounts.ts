import {
  accountByPhone,
  createAccount as addAccount,
  MAIN_DATA_CENTER,
  phoneDigits,
} from '../rpc/accounts.ts';
import { peerByUsername } from '../rpc/methods/contacts.ts';
import { isPasswordOf, passwordRecord } from '../rpc/srp.ts';
import type { Telegram } from '../rpc/telegram.ts';
import type { Account } from '../state/model.ts';
import { RpcError } from '../types.ts';
import { ControlError } from './control-error.ts';
import type { AccountRequest, BotRequest } from './http/requests.ts';

/** The digits of a phone number. @throws {ControlError} 400 if it is not a phone number. */
export function digitsOf(phone: string): string {
  try {
    return phoneDigits(phone);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new ControlError(400, `phone: ${JSON.stringify(phone)} is no phone number: + and 7 to 15 digits`);
  }
}

/** @throws {ControlError} 404 if the account does not exist. */
export function knownAccount({ store }: Telegram, id: number): Account {
  const account = store.state.accounts.get(id);
  if (account === undefined) throw new ControlError(404, `there is no account ${id}`);
  return account;
}

/** The account of a phone; undefined if it has none. A test phone always has one. */
export function accountOfPhone({ store }: Telegram, phone: string): Account | undefined {
  return accountByPhone(store, digitsOf(phone));
}

/**
 * Repeating a request with the same data returns the existing account.
 * @throws {ControlError} 409 if the phone has an account with other data, or the username is taken.
 */
export function createAccount(
  telegram: Telegram,
  request: AccountRequest,
): { account: Account; created: boolean } {
  const phone = digitsOf(request.phone);
  const existing = telegram.store.state.accountByPhone.get(phone);
  if (existing !== undefined) {
    const other = differences(existing, request);
    if (other.length === 0) return { account: existing, created: false };
    throw new ControlError(
      409,
      `+${phone} has an account already, ${existing.id}, with another ${other.join(', ')}`,
    );
  }
  refuseTakenUsername(telegram, request.username);
  const account = addAccount(telegram.store, {
    phone,
    firstName: request.first_name,
    ...(request.last_name !== undefined && { lastName: request.last_name }),
    ...(request.username !== undefined && { username: request.username }),
    ...(request.password !== undefined && { password: passwordRecord(request.password, request.hint) }),
    ...(request.email !== undefined && { email: request.email }),
    ...(request.premium === true && { isPremium: true }),
    ...(request.dc !== undefined && { homeDc: request.dc }),
  });
  return { account, created: true };
}

/**
 * Repeating a request with the same token returns the existing bot.
 * @throws {ControlError} 409 if the bot's id or username is taken.
 */
export function createBot(
  telegram: Telegram,
  { bot_token: botToken, first_name: firstName, username }: BotRequest,
): { account: Account; created: boolean } {
  const id = Number(botToken.split(':')[0]);
  const existing = telegram.store.state.accounts.get(id);
  if (existing !== undefined) {
    if (existing.botToken === botToken) return { account: existing, created: false };
    throw new ControlError(409, `bot_token: ${id} is another account's id`);
  }
  refuseTakenUsername(telegram, username);
  const account = addAccount(telegram.store, {
    id,
    phone: '',
    firstName,
    botToken,
    homeDc: MAIN_DATA_CENTER,
    ...(username !== undefined && { username }),
  });
  return { account, created: true };
}

/** @throws {ControlError} 409 */
export function refuseTakenUsername(telegram: Telegram, username: string | undefined): void {
  if (username !== undefined && peerByUsername(telegram, username.toLowerCase()) !== undefined)
    throw new ControlError(409, `username: ${username} is taken`);
}

function differences(account: Account, request: AccountRequest): string[] {
  const pairs: Record<string, boolean> = {
    first_name: account.firstName === request.first_name,
    last_name: account.lastName === request.last_name,
    username: account.username === request.username,
    password: isSamePassword(account, request.password),
    hint: account.password === undefined || account.password.hint === request.hint,
    email: account.email === request.email,
    premium: (account.isPremium ?? false) === (request.premium ?? false),
    dc: request.dc === undefined || account.homeDc === request.dc,
  };
  return Object.keys(pairs).filter((field) => pairs[field] === false);
}

function isSamePassword({ password: record }: Account, password: string | undefined): boolean {
  if (record === undefined || password === undefined) return record === undefined && password === undefined;
  return isPasswordOf(record, password);
}
