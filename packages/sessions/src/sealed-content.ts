import { SealingError, type Sealer } from '@gateway/runtime';
import * as z from 'zod';
import { SessionStoreError } from './session-store.ts';

/**
 * Kinds of sealed content. The seal includes account and kind, so content cannot be used for another account or kind.
 */
export type SealedKind = 'session' | 'login' | 'peers';

export function sealContent(sealer: Sealer, kind: SealedKind, userId: string, content: unknown): string {
  return sealer.seal(JSON.stringify(content), contextOf(kind, userId));
}

/** Reverses {@link sealContent}. @throws {SessionStoreError} `unreadable`, naming `place`. */
export function openSealed<T>(
  sealer: Sealer,
  sealed: string,
  { kind, userId, place }: { kind: SealedKind; userId: string; place: string },
  schema: z.ZodType<T>,
): T {
  try {
    return schema.parse(JSON.parse(sealer.open(sealed, contextOf(kind, userId))));
  } catch (error) {
    throw new SessionStoreError(
      'unreadable',
      userId,
      `the ${kind} of account ${userId} in ${place} cannot be read: ${reasonOf(error)}`,
      // The parsers' errors quote the content, which is secret.
      error instanceof SealingError ? error : undefined,
    );
  }
}

function contextOf(kind: SealedKind, userId: string): string {
  return `${kind}:${userId}`;
}

/** Why the content cannot be read. Hides the parsers' own messages, because they quote the content, which is secret. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError || error instanceof SyntaxError) return 'its content is not valid';
  return error instanceof Error ? error.message : String(error);
}
