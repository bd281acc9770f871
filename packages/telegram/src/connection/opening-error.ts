import type { ProxyServer } from '@gateway/contracts';
import {
  BadFrameError,
  KeyExchangeError,
  MisconfiguredError,
  NotReachedError,
  NotSentError,
  OwnProxyError,
  ProxyError,
  RpcError,
  TransportError,
  UnknownKeyError,
} from '../errors/call-errors.ts';
import type { DataCenter } from '../types.ts';

/** The target of a connection that failed to open. */
export interface Target {
  dataCenter: DataCenter;
  /** The data centres are those of TELEGRAM_DC. */
  isCustom: boolean;
  /** `undefined`: the connection was to agree on a new key. */
  authKey: Buffer | undefined;
  proxy?: Pick<ProxyServer, 'kind'> | undefined;
  /** The proxy is the account's own, not that of TELEGRAM_PROXY. */
  isOwnProxy?: boolean;
}

const KEY_NOT_FOUND = -404;
const INVALID_DC = -444;
const FLOOD = -429;
/** Telegram gives no duration for its limit on connections from one address. Each connection during it counts again. */
const FLOOD_PAUSE_S = 10;

/** Proxy errors that need another setting rather than a retry, matched by the SOCKS client's messages. */
const PROXY_SETTINGS: readonly [RegExp, string][] = [
  [/authentication failed/i, 'refuses the user and the password'],
  [/authentication type/i, 'wants another way to sign in: give it a user and a password'],
  [/invalid socks version|invalid Socks|initial handshake/i, 'does not speak this version of SOCKS'],
  [/NotAllowed/, 'does not allow connections to Telegram'],
  [/ENOTFOUND/, 'has a name that is not known (ENOTFOUND)'],
];

/**
 * Translates the error of a failed opening. Distinguishes an outage ({@link NotReachedError}), wrong settings
 * ({@link MisconfiguredError}), a key that the server does not know, and a key exchange that may succeed the next time.
 */
export function toOpeningError(thrown: unknown, target: Target): unknown {
  const causes = chainOf(thrown);
  const refusal = causes.find((cause) => cause instanceof RpcError);
  if (refusal !== undefined) return refusal;
  const isSilent = causes.some((cause) => /^no (?:answer|connection) within/.test(cause.message));
  if (target.isOwnProxy === true && target.proxy?.kind === 'mtproxy' && (isSilent || isClosed(causes)))
    return new OwnProxyError("the account's proxy does not lead to Telegram: check its secret", {
      cause: thrown,
    });
  for (const cause of causes) {
    const found = reasonIn(cause, target);
    if (found !== undefined) return found;
  }
  if (isSilent)
    return new NotReachedError(`${addressOf(target)}: ${causes.at(-1)?.message}`, { cause: thrown });
  if (target.authKey === undefined && causes.some((cause) => cause instanceof KeyExchangeError))
    return new KeyExchangeError(`no key could be agreed upon with ${addressOf(target)}`, { cause: thrown });
  return thrown instanceof NotSentError ? thrown : new NotSentError('Could not connect', { cause: thrown });
}

function reasonIn(cause: Error, target: Target): Error | undefined {
  if (cause instanceof TransportError) return fromTransport(cause, target);
  if (cause instanceof BadFrameError) {
    const message = `what answers at ${addressOf(target)} does not speak Telegram's protocol`;
    return target.isCustom
      ? new MisconfiguredError(`${message}: check TELEGRAM_DC.`, { cause })
      : new NotReachedError(`${message}; something on the way answers in its place`, { cause });
  }
  if (cause instanceof ProxyError) return fromProxy(cause, target);
  if (/could not find a valid key for fingerprints/.test(cause.message)) {
    const advice = target.isCustom
      ? 'put its public key into the file of TELEGRAM_DC_KEY.'
      : 'something on the way (a proxy?) answers in the place of Telegram.';
    return new MisconfiguredError(`The server at ${addressOf(target)} signs with an unknown key: ${advice}`, {
      cause,
    });
  }
  return 'code' in cause && typeof cause.code === 'string'
    ? fromNetwork(cause, cause.code, target)
    : undefined;
}

function fromTransport(cause: TransportError, target: Target): Error {
  if (cause.code === KEY_NOT_FOUND) {
    // A key that was agreed upon a moment ago belongs to no session yet.
    return target.authKey === undefined
      ? new KeyExchangeError(`no key could be agreed upon with ${addressOf(target)}`, { cause })
      : new UnknownKeyError();
  }
  if (cause.code === INVALID_DC && target.isCustom) {
    const { id } = target.dataCenter;
    return new MisconfiguredError(
      `The server at ${addressOf(target)} is not data centre ${id} (${cause.message}): check TELEGRAM_DC.`,
      { cause },
    );
  }
  const error = new NotReachedError(`${addressOf(target)} answers with ${cause.message}`, { cause });
  if (cause.code === FLOOD) error.retryAfter = FLOOD_PAUSE_S;
  return error;
}

/** Omits the proxy's address: callers see this message, and need not know how Telegram is reached. */
function fromProxy(cause: ProxyError, { isOwnProxy }: Target): Error {
  const wrong = PROXY_SETTINGS.find(([pattern]) => pattern.test(cause.message))?.[1];
  if (isOwnProxy === true)
    return new OwnProxyError(`the account's proxy ${wrong ?? `does not get through (${reasonOf(cause)})`}`, {
      cause,
    });
  if (wrong !== undefined) return new MisconfiguredError(`The proxy of TELEGRAM_PROXY ${wrong}.`, { cause });
  return new NotReachedError(`the proxy of TELEGRAM_PROXY does not get through (${reasonOf(cause)})`, {
    cause,
  });
}

/** The system's name of the error, if there is one. */
function reasonOf({ message }: Error): string {
  return /\bE[A-Z_]{4,}\b/.exec(message)?.[0] ?? message;
}

/** An MTProto proxy closes the connection of a client with another secret. */
function isClosed(causes: readonly Error[]): boolean {
  return causes.some(({ message }) =>
    /closed by the other side|Could not connect|key exchange failed/.test(message),
  );
}

function fromNetwork(cause: Error, code: string, target: Target): Error {
  if (code === 'ENOTFOUND' && target.isCustom) {
    return new MisconfiguredError(
      `The name of data centre ${target.dataCenter.id} is not known (ENOTFOUND): check TELEGRAM_DC.`,
      { cause },
    );
  }
  return new NotReachedError(`no connection to ${addressOf(target)} (${code})`, { cause });
}

function addressOf({ dataCenter: { id, host, port } }: Target): string {
  return `data centre ${id} (${host.includes(':') ? `[${host}]` : host}:${port})`;
}

/** The error and its causes, the outermost first. */
function chainOf(thrown: unknown): Error[] {
  const chain: Error[] = [];
  for (let each = thrown; each instanceof Error && !chain.includes(each); each = each.cause) chain.push(each);
  return chain;
}
