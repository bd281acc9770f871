import type { Asker } from './caller.ts';
import { pausingOnly } from './errors.ts';

/**
 * The same asker for questions about who somebody is. Telegram limits these by themselves and far harder than
 * sends: a pause that it asks for here says nothing about sends to those who are known already.
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
