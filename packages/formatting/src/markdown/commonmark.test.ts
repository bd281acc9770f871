import { describe, expect, test } from 'vitest';
import { FormatError } from '../format-error.ts';
import { parseFormatted } from '../parse-formatted.ts';
import { EXAMPLES, messageOf, withoutLayout, type Example } from '../testing/commonmark.ts';
import { shown } from '../testing/shown.ts';

const all = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

interface Difference {
  examples: readonly number[];
  /** What the error says for the examples that are refused. */
  error?: RegExp;
}

/**
 * Intended differences between strict Markdown and CommonMark. The numbers are those of CommonMark's specification
 * 0.31.2.
 */
const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'markup that does not close, or closes nothing, is refused as a likely mistake': {
    error: /is never closed|closes nothing|is not closed before/,
    examples: [
      14, 126, 127, 128, 137, 139, 158, 237, 318, 324, 327, 338, 341, 343, 345, 346, 347, 348, 349, 354, 363, 365, 366, 367, 368, 371, 372,
      374, 375, 379, 380, 383, 384, 385, 386, 388, 391, 392, 397, 398, 400, 401, 408, 409, 412, 426, 427, 442, 443, 444, 447, 454, 455, 456,
      459, 469, 470, 471, 472, 473, 474, 480, 481, 491, 493, 494, 497, 521, 616, 618,
    ],
  }, // prettier-ignore
  'an address that Telegram does not open is refused': {
    error: /must begin with http/,
    examples: [
      484,
      485,
      486,
      487,
      492,
      ...all(495, 496),
      ...all(498, 504),
      520,
      522,
      524,
      526,
      531,
      567,
      578,
      580,
    ],
  },
  'text after an address that is not a title is refused': {
    error: /the address ends here|the title is not closed/,
    examples: [41, 488, 490, 508, 568],
  },
  'a link or an image inside a link is refused, since Telegram has neither': {
    error: /must not be inside (?:a|another) link/,
    examples: [517, 518, 519, 574, 575],
  },
  'a link without text is refused, since it would be invisible': { error: /has no text/, examples: [581] },
  'rows of four or more stars or underscores are plain text': {
    examples: [417, 445, 457, 464, 465, 466, 468],
  },
  'headings, rules and lists are plain text': {
    examples: [
      42, 43, 47, ...all(50, 54), ...all(57, 61), 62, 66, 67, 68, ...all(71, 79), ...all(80, 86), ...all(88, 92), ...all(94, 96),
      ...all(98, 105), 141, 227, 228, 229, 232, 234, 235, 246, ...all(253, 260), ...all(262, 265), 267, 268, ...all(270, 274),
      ...all(276, 284), ...all(286, 303), ...all(305, 317), 319, ...all(320, 323), 325, 326, 646, 647,
    ],
  }, // prettier-ignore
  'indentation is kept and does not make code': {
    examples: [
      ...all(1, 11), 18, 36, 48, 69, ...all(107, 112), ...all(114, 118), 134, 225, 231, 236, 252,
    ],
  }, // prettier-ignore
  'a quote is made of lines that start with >, and is not nested': {
    examples: [93, 230, 233, 238, 247, 250, 251],
  },
  'HTML is plain text, and markup in it is parsed': {
    examples: [
      21, 31, 344, 475, 476, 477, ...all(148, 156), ...all(159, 178), ...all(183, 191), 536, 613, 614, 615, 617, 623, 630, 631, 642, 643,
    ],
  }, // prettier-ignore
  'character references are plain text': { examples: [25, 26, 27, 32, 34, ...all(37, 40)] },
  'definitions of links and references to them are plain text': {
    examples: [
      23, 33, ...all(192, 196), 198, ...all(200, 208), 210, 211, ...all(214, 218), ...all(527, 530), ...all(532, 535), ...all(537, 545),
      549, 550, ...all(553, 566), 569, 570, 571, 573, 576, 577, ...all(582, 589), 591, 592, 593,
    ],
  }, // prettier-ignore
  'addresses are kept unencoded': { examples: [20, 507, 603] },
  'only addresses that Telegram opens are links': { examples: [596, 598, 599, 601] },
  'code keeps its line ends': { examples: [335, 337, 640, 641] },
};

const listed = new Map(
  Object.entries(DIFFERENCES).flatMap(([reason, { examples, error }]) =>
    examples.map((number) => [number, { reason, error }] as const),
  ),
);

function read(markdown: string): string | FormatError {
  try {
    return shown(parseFormatted(markdown, 'markdown'));
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

function isAsCommonMark({ markdown, html }: Example): boolean {
  const result = read(markdown);
  const expected = messageOf(html);
  return typeof result === 'string' && expected !== null && withoutLayout(result) === withoutLayout(expected);
}

describe('strict Markdown and CommonMark’s own examples', () => {
  test('agree, except for the listed differences', () => {
    const differing = EXAMPLES.filter((example) => !isAsCommonMark(example)).map(({ number }) => number);
    expect(differing).toEqual([...listed.keys()].toSorted((a, b) => a - b));
  });

  test.each(Object.entries(DIFFERENCES))('differ where %s', (_reason, { examples, error }) => {
    for (const number of examples) {
      const result = read(EXAMPLES.find((example) => example.number === number)?.markdown ?? '');
      if (error === undefined) expect(result).toBeTypeOf('string');
      else expect(result).toMatchObject({ message: expect.stringMatching(error) });
    }
  });
});
