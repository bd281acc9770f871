import { createHash, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '@gateway/contracts';
import { createMiddleware } from 'hono/factory';
import type { ApiContext, ApiEnv, Caller } from '../context.ts';
import { requestHeader } from '../http/headers.ts';

/** Requires an API key, in `Authorization: Bearer` or `X-API-Key`. */
export function apiKey({ settings }: ApiContext) {
  const keys = settings.API_KEYS.map(({ sha256: hex, accounts }, index) => ({
    name: `#${index}`,
    digest: Buffer.from(hex, 'hex'),
    accounts,
  }));

  return createMiddleware<ApiEnv>((c, next) => {
    c.set('caller', identify(givenKey(requestHeader(c, 'authorization'), requestHeader(c, 'x-api-key'))));
    return next();
  });

  function identify(given: string | undefined): Caller {
    if (given === undefined) throw new GatewayError('UNAUTHORIZED');
    const digest = sha256(given);
    // Compares every key even after a match, so that the time taken reveals nothing about the keys.
    const fitting = keys.filter((key) => timingSafeEqual(key.digest, digest));
    const [first] = fitting;
    if (first === undefined) throw new GatewayError('UNAUTHORIZED', 'This API key is not valid.');
    // A key that is listed several times in API_KEYS gets the accounts of all its entries.
    const unlimited = fitting.some(({ accounts }) => accounts === null);
    return {
      keyName: first.name,
      accounts: unlimited ? null : fitting.flatMap(({ accounts }) => accounts ?? []),
    };
  }
}

function givenKey(authorization: string | undefined, header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? header;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Whether the caller may use the account. */
export function mayUse({ accounts }: Caller, userId: string): boolean {
  return accounts === null || accounts.includes(userId);
}

/** @throws {GatewayError} `FORBIDDEN` if the caller's key is limited to other accounts. */
export function requireAccount(caller: Caller, userId: string): void {
  if (!mayUse(caller, userId)) throw new GatewayError('FORBIDDEN', 'This API key may not use this account.');
}
