import type { RsaKeyPair } from '../crypto/rsa.ts';
import type { AuthKeyStore, RpcHandler } from '../types.ts';
import type { MessageIds } from './message-ids.ts';

/** What all parts of one server share. */
export interface ServerContext {
  readonly rsaKeyPair: RsaKeyPair;
  readonly keys: AuthKeyStore;
  readonly handler: RpcHandler;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly saltLifetimeMs: number;
  readonly messageIds: MessageIds;
  readonly onDuplicated: (authKeyId: string) => void;
  readonly onError: (error: unknown, during: string) => void;
}
