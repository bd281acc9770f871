export { networkOf } from './account-record.ts';
export { isBackup, openBackup, sealBackup } from './backup.ts';
export { openFileSessionStore, type FileSessionStoreOptions } from './file-session-store.ts';
export { openRedisSessionStore, type RedisSessionStoreOptions } from './redis-session-store.ts';
export { fileStoreId } from './store-id.ts';
export { NumbersFile, type NumbersFileOptions } from './numbers-file.ts';
export { MemoryPeerBook } from './peer-book.ts';
export {
  SessionStoreError,
  type AccountStatus,
  type CodeLogin,
  type SessionStore,
  type SessionStoreFailure,
  type StoredAccount,
  type StoredLogin,
  type StoredNetwork,
  type StoredPeers,
  type WriteRight,
} from './session-store.ts';
export type { StoredReceiving } from './stored-receiving.ts';
