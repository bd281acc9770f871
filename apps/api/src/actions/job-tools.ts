import type { JobTools } from '@gateway/actions';
import { Pauses, type Logger } from '@gateway/runtime';
import { formatMarkup } from './marked-up-text.ts';

/** What the catalogue needs to make jobs out of requests. */
export function jobTools(logger: Logger): JobTools {
  const pauses = new Pauses();
  return {
    format: (text, markup) => formatMarkup(text, markup, logger),
    pause: () => pauses.pause(),
  };
}
