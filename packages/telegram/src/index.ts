export { slowCause } from './gramjs/prepare-gramjs.ts';
export { TelegramFailure, type FailureOutcome } from './errors/telegram-failure.ts';
export type { CallName, CallOptions, CallResult } from './calls/index.ts';
export type { ReadName, ReadOptions, ReadResult } from './reads/index.ts';
export { RECEIVING_DISCONNECT_MS } from './connection/connection.ts';
export { readSession, sameKey } from './connection/session.ts';
export type { FileRange, LocatedFile } from './files/located-file.ts';
export type { FilePart } from './calls/media/upload-part.ts';
export { arePartsMissing, refusesAsPhoto, type OutgoingMedia } from './calls/media/outgoing-media.ts';
export { isoTime } from './shown/iso-time.ts';
export { chatOf, type Chat } from './peers/chat.ts';
export type { Told, Typing } from './updates/content.ts';
export { isWholePlace } from './updates/update-state.ts';
export type { ReadUpdatesOptions, UpdateBatch } from './updates/update-reader.ts';
export { createTelegram } from './telegram.ts';
export {
  type AccountClient,
  type DataCenter,
  type PendingLogin,
  type QrLogin,
  type Telegram,
  type TelegramOptions,
} from './types.ts';
