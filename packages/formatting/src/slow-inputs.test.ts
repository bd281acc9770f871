import {
  cleanSource,
  cutsOf,
  isInvisible,
  normalizeFormatted,
  partsOf,
  type FormattedText,
} from '@gateway/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FormatError } from './format-error.ts';
import { parseFormatted } from './parse-formatted.ts';
import { formatReply } from './reply/format-reply.ts';
import { PIECES, worseThanLinear, type Shape } from './testing/slow-inputs.ts';

/** Each piece alone, plus random combinations, new in each run. */
function shapes(): Shape[] {
  const some = fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }).map((pieces) => pieces.join(''));
  const repeated = fc
    .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 4 })
    .map((pieces) => pieces.join(''));
  return [
    ...PIECES.map((piece): Shape => ['', piece, 'a']),
    ...fc.sample(fc.tuple(some, repeated, some), 40),
  ];
}

/** Were slow in earlier versions. */
const KNOWN: Shape[] = [
  ['https://', ')', 'a'],
  ['*a* https://', ')', 'a'],
  ['` ', 'a', '`'],
  ['', 'x\n>y\n', ''],
  ['', '*a* ', ''],
  ['', '```\n```\n', ''],
  ['', '<code>x</code><b>y</b>', ''],
  ['', '- ', 'a'],
  ['', 'a\n=\n', ''],
  ['|a|b|\n|-|-|\n', '|x\n', ''],
];

/** The work on a text before it is enqueued. */
function accept(source: string, format: (text: string) => FormattedText): void {
  try {
    const { text, entities } = normalizeFormatted(format(cleanSource(source)));
    isInvisible(text);
    partsOf(text, cutsOf(text, entities), entities);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
  }
}

test.each([
  ['plain', (source: string) => accept(source, (text) => ({ text, entities: [] }))],
  ['markdown', (source: string) => accept(source, (text) => parseFormatted(text, 'markdown'))],
  ['html', (source: string) => accept(source, (text) => parseFormatted(text, 'html'))],
  ['a model’s', (source: string) => accept(source, formatReply)],
] as const)(
  'no %s text takes more than linear time to format and cut',
  { timeout: 120_000 },
  (_what, work) => {
    expect(worseThanLinear([...KNOWN, ...shapes()], work)).toEqual([]);
  },
);
