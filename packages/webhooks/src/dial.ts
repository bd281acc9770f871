import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { Agent, buildConnector } from 'undici';
import { isPublicAddress } from './public-address.ts';

/** Resolves a hostname to its addresses. Throws Node's own errors. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>;

export interface DialOptions {
  /** Allows loopback and private addresses too. */
  allowPrivate: boolean;
  connectTimeoutMs: number;
  resolve?: Resolve | undefined;
}

/**
 * Connects to public internet addresses only. Checks the resolved address just before connecting, because a name may
 * resolve to another address at any time. Connections are not reused, so every one is checked.
 */
export function createDialer({
  allowPrivate,
  connectTimeoutMs,
  resolve = resolveBySystem,
}: DialOptions): Agent {
  const check = ({ address }: LookupAddress) => {
    if (!allowPrivate && !isPublicAddress(address)) throw new ForbiddenAddressError(address);
  };
  const find = async (hostname: string): Promise<[LookupAddress, ...LookupAddress[]]> => {
    const [first, ...others] = await resolve(hostname);
    if (first === undefined) throw new Error(`${hostname} has no address`);
    for (const address of [first, ...others]) check(address);
    return [first, ...others];
  };
  const lookup: LookupFunction = (hostname, options, callback) => {
    const answer = callbackify(find);
    answer(hostname, (error, addresses) => {
      if (error !== null) callback(error, '', 0);
      else if (options.all === true) callback(null, addresses);
      else callback(null, addresses[0].address, addresses[0].family);
    });
  };
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup });
  return new Agent({
    pipelining: 0,
    connect: (options, callback) => {
      // Node does not resolve literal addresses.
      const literal = options.hostname.replace(/^\[|\]$/g, '');
      try {
        if (isIP(literal) !== 0) check({ address: literal, family: isIP(literal) });
      } catch (error) {
        callback(asError(error), null);
        return;
      }
      connect(options, callback);
    },
  });
}

/** The receiver's address is not allowed for webhooks. */
export class ForbiddenAddressError extends Error {
  constructor(address: string) {
    super(
      `${address} is not a public address: webhooks are not sent there unless WEBHOOK_ALLOW_PRIVATE is true`,
    );
    this.name = 'ForbiddenAddressError';
  }
}

function resolveBySystem(hostname: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) =>
      error === null ? resolve(addresses) : reject(error),
    );
  });
}

function asError(thrown: unknown): NodeJS.ErrnoException {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
