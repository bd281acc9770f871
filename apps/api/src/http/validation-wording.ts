import type * as z from 'zod';

const TYPES: Readonly<Record<string, string>> = {
  string: 'must be a string',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  object: 'must be a JSON object',
  record: 'must be a JSON object',
  array: 'must be a list',
  null: 'must be null',
};

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'must be a time with its zone (RFC 3339), such as 2030-01-31T09:00:00Z',
  url: 'must be an address, such as https://example.org/',
  base64: 'must be base64',
  base64url: 'must be base64url',
};

/**
 * The message for a zod issue whose schema defines none. It says what to send; callers never see zod's own messages.
 * Passed to each parse, because zod's global error map would change other packages' messages too.
 */
export function wording(issue: z.core.$ZodRawIssue): string {
  const { code, input } = issue;
  if (input === undefined && code !== 'custom' && code !== 'unrecognized_keys') return 'is required';
  switch (code) {
    case 'invalid_type':
      return TYPES[String(issue['expected'])] ?? 'is not valid';
    case 'invalid_value':
      return `must be ${alternatives(issue['values'])}`;
    case 'invalid_union':
      return unionWording((issue['errors'] ?? []) as z.core.$ZodIssue[][]);
    case 'too_small':
    case 'too_big':
      return boundWording(code, issue);
    case 'not_multiple_of':
      return `must be a multiple of ${String(issue['divisor'])}`;
    case 'invalid_format':
      return FORMATS[String(issue['format'])] ?? 'has the wrong form';
    default:
      return 'is not valid';
  }
}

function boundWording(code: 'too_small' | 'too_big', issue: z.core.$ZodRawIssue): string {
  const isLow = code === 'too_small';
  const bound = String(isLow ? issue['minimum'] : issue['maximum']);
  if (issue['origin'] === 'string' && isLow && bound === '1') return 'must not be empty';
  const limit = isLow ? `at least ${bound}` : `at most ${bound}`;
  if (issue['origin'] === 'string') return `must be ${limit} ${bound === '1' ? 'character' : 'characters'}`;
  if (issue['origin'] === 'array') return `must hold ${limit} ${bound === '1' ? 'item' : 'items'}`;
  if (issue['inclusive'] === false) return isLow ? `must be above ${bound}` : `must be below ${bound}`;
  return `must be ${limit}`;
}

function unionWording(branches: readonly z.core.$ZodIssue[][]): string {
  const messages = branches.flatMap(([first]) => (first === undefined ? [] : [first.message]));
  return [...new Set(messages)].join(', or ') || 'is not valid';
}

/** Joins values: `a`, `a or b`, `a, b or c`. */
function alternatives(values: readonly unknown[]): string {
  const shown = values.map(String);
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} or ${last}`;
}
