import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
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
      connect(options, (...end) => {
        const [error, socket] = end;
        if (error === null) goOnAtEnd(socket);
        callback(...end);
      });
    },
  });
}

/** The part of undici's HTTP parser that {@link goOnAtEnd} uses. */
interface Parser {
  /** Whether the reader of the answer is behind. */
  paused: boolean;
  resume: () => void;
}

/**
 * Lets the parser read the rest of an answer before undici learns that the server has closed the connection. Otherwise
 * undici 7 throws what nobody can catch, if the parser is paused then (nodejs/undici#5360). undici 8 needs Node 22.
 */
function goOnAtEnd(socket: Socket): void {
  socket.on('end', () => {
    const symbol = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'parser');
    const parser = symbol && (socket as unknown as Record<symbol, Parser | null>)[symbol];
    if (parser?.paused === true) parser.resume();
  });
}

/** The address is not a public one, and only such are allowed. */
export class ForbiddenAddressError extends Error {
  constructor(address: string) {
    super(`${address} is not a public address`);
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
