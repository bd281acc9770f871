import type { Asker } from '../caller.ts';
import { pausingOnly } from '../errors/errors.ts';

/**
 * Wraps an asker for look-ups. Telegram limits look-ups separately and far more strictly than sends, so a flood wait
 * here does not hold sends to known chats.
 */
export function lookUpsOf(asker: Asker): Asker {
  return {
    async ask(request) {
      try {
        return await asker.ask(request);
      } catch (error) {
        throw pausingOnly('resolve', error);
      }
    },
  };
}
