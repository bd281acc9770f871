import { GatewayError, type ValidationIssue } from '@gateway/contracts';
import type * as z from 'zod';

/** Issues shown at most: a body of 256 KiB can hold tens of thousands of unknown fields. */
const MAX_ISSUES = 20;
/** Characters of a caller's own field name that are shown. */
const MAX_NAME = 64;

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'must be a string',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  object: 'must be a JSON object',
};

/**
 * The value as the schema makes it.
 * @throws {GatewayError} `VALIDATION` with every issue's path and a message that says what to do.
 */
export function validate<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  // Once more with our words: to have them at hand costs a value that is right more than all its checks.
  const issues = schema.safeParse(value, { error: wording }).error?.issues ?? parsed.error.issues;
  throw validationError(issues.flatMap(publicIssues));
}

export function validationError(issues: readonly ValidationIssue[]): GatewayError {
  const shown = issues.slice(0, MAX_ISSUES);
  const [first] = shown;
  const message = first === undefined ? undefined : [first.path || 'The body', first.message].join(' ');
  return new GatewayError('VALIDATION', message, { issues: shown });
}

/** Our words where the schema has none of its own. */
function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_type' && issue.code !== 'invalid_union') return undefined;
  if (issue.input === undefined) return 'is required';
  if (issue.code === 'invalid_type') return EXPECTED[issue.expected];
  const branches = (issue.errors ?? []).flatMap(([first]) => (first === undefined ? [] : [first.message]));
  return [...new Set(branches)].join(', or ') || undefined;
}

function publicIssues(issue: z.core.$ZodIssue): ValidationIssue[] {
  const path = issue.path.map((part) => String(part).slice(0, MAX_NAME));
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
  return issue.keys.map((key) => ({
    path: [...path, key.slice(0, MAX_NAME)].join('.'),
    message: 'is not a field of this request',
  }));
}
