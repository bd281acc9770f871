import { GatewayError, type ValidationIssue } from '@gateway/contracts';
import type * as z from 'zod';
import { wording } from './validation-wording.ts';

/** Maximum number of issues shown. A body of 256 KiB can contain tens of thousands of unknown fields. */
const MAX_ISSUES = 20;
/** Maximum characters shown of a field name that the caller made up. */
const MAX_NAME = 64;

/** The default name of the validated value, used as the path of an issue about the whole value. */
const BODY = 'body';

/**
 * Validates the value by the schema. An issue about the whole value has the path `whole`.
 * @throws {GatewayError} `VALIDATION` with the path of every issue and a message that says what to do.
 */
export function validate<S extends z.ZodType>(schema: S, value: unknown, whole: string = BODY): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  // Parses again only for the messages, because an error map slows down the parsing of valid values.
  const issues = schema.safeParse(value, { error: wording }).error?.issues ?? parsed.error.issues;
  throw validationError(issues.flatMap((issue) => publicIssues(issue)).map((issue) => named(issue, whole)));
}

export function validationError(issues: readonly ValidationIssue[]): GatewayError {
  const shown = issues.slice(0, MAX_ISSUES);
  const [first] = shown;
  const subject = first?.path === BODY ? 'The body' : first?.path;
  const message = first === undefined ? undefined : `${subject} ${first.message}`;
  return new GatewayError('VALIDATION', message, { issues: shown });
}

function named({ path, message }: ValidationIssue, whole: string): ValidationIssue {
  return { path: path === '' ? whole : path, message };
}

function publicIssues(issue: z.core.$ZodIssue, parents: readonly PropertyKey[] = []): ValidationIssue[] {
  const path = [...parents, ...issue.path];
  const shownPath = path.map((part) => String(part).slice(0, MAX_NAME));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...shownPath, key.slice(0, MAX_NAME)].join('.'),
      message: 'is not a field of this request',
    }));
  const meant = issue.code === 'invalid_union' ? meantBranch(issue.errors) : undefined;
  if (meant !== undefined) return meant.flatMap((inner) => publicIssues(inner, path));
  return [{ path: shownPath.join('.'), message: issue.message }];
}

/** The only alternative whose type matches the value, so that its field errors are reported instead of a type error. */
function meantBranch(branches: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const meant = branches.filter((issues) =>
    issues.every(({ code, path }) => path.length > 0 || !OTHER_TYPE.has(code)),
  );
  return meant.length === 1 ? meant[0] : undefined;
}

const OTHER_TYPE: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value', 'invalid_union']);
