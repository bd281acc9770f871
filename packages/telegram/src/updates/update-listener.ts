import type { Api } from 'telegram/tl/index.js';

/** What a connection reports to a reader. */
export interface UpdateListener {
  pushed(updates: Api.TypeUpdates): void;
  answered(request: Api.AnyRequest, answer: unknown): void;
  /** Telegram has begun a new session, and may have dropped pushes. */
  renewed(): void;
  /** The connection is down. */
  lost(): void;
}
