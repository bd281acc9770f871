import { ifNotStarted } from './retry.ts';
import type { Call } from './transport.ts';
import type { CallOptions } from './types.ts';

/** A call that changes an account. It is repeated only if the gateway says that it has not started. */
export function accountCall(name: string, body: unknown, { signal }: CallOptions): Call {
  return { method: 'POST', path: `/telegram/user/${name}`, body, retry: ifNotStarted, signal };
}
