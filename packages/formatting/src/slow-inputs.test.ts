import { cleanSource, cutsOf, MAX_TEXT_LENGTH, normalizeFormatted, partsOf } from '@gateway/contracts';
import { expect, test } from 'vitest';
import { formatText } from './format-text.ts';
import { ONCE_SLOW } from './testing/once-slow.ts';

const SIZE = MAX_TEXT_LENGTH;

test.each(['markdown', 'html', 'markdown_lenient'] as const)(
  '%s texts of the maximum length that were slow in earlier versions are formatted and cut',
  (markup) => {
    for (const [head, repeated, tail] of ONCE_SLOW) {
      const times = Math.floor((SIZE - head.length - tail.length) / repeated.length);
      const outcome = formatText(cleanSource(head + repeated.repeat(times) + tail), markup);
      if ('fault' in outcome) {
        expect(markup).not.toBe('markdown_lenient');
        continue;
      }
      const { text, entities } = normalizeFormatted(outcome);
      const parts = partsOf(text, cutsOf(text, entities), entities);
      expect(parts.every((part) => part.text.length <= 4_096)).toBe(true);
    }
  },
);
