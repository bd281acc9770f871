import { newKey } from '../messages/unsent.ts';

const PREFIX = 'gateway-batch:';

/**
 * The Idempotency-Keys of files that are not wholly sent, in the tab's session storage. So a file that is chosen again
 * after a reload goes on where it was, and one that was sent can be sent again.
 */
export const batchKeys = {
  /** @param identity names the file and the choice of its columns */
  of: (identity: string): string => {
    const key = batchKeys.known(identity) ?? newKey();
    sessionStorage.setItem(PREFIX + identity, key);
    return key;
  },
  /** The key, if the file was sent in part. */
  known: (identity: string): string | null => sessionStorage.getItem(PREFIX + identity),
  forget: (identity: string) => sessionStorage.removeItem(PREFIX + identity),
};

/** The key of a part of the file. @param from the place of its first message */
export function partKey(key: string, from: number): string {
  return `${key}-${from}`;
}
