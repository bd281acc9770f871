import type { Context } from 'hono';
import type { z } from 'zod';
import { ControlError } from '../control-error.ts';

/** Largest body, in bytes. */
const MAX_BODY = 1024 * 1024;
/** How deeply objects and lists may be nested. */
const MAX_DEPTH = 64;

/**
 * Validates the JSON body against the schema. `null` for an optional field means absent. @throws {ControlError} 400,
 * 413
 */
export async function bodyOf<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.infer<Schema>> {
  if (Number(c.req.header('content-length') ?? 0) > MAX_BODY)
    throw new ControlError(413, 'the body is over 1 MiB');
  const text = await c.req.text();
  if (depthOf(text) > MAX_DEPTH)
    throw new ControlError(400, `the body is nested more than ${MAX_DEPTH} levels deep`);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ControlError(400, 'the body is no JSON');
  }
  const asGiven = schema.safeParse(body);
  return asGiven.success ? asGiven.data : parsed(schema, withoutNulls(body), []);
}

/** Validates a value against the schema. @throws {ControlError} 400, naming each wrong field. */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  at: string[],
): z.infer<Schema> {
  const result = schema.safeParse(value, { error: wording });
  if (result.success) return result.data;
  const issues = result.error.issues.map(
    ({ path, message }) => `${[...at, ...path].join('.') || 'body'}: ${message}`,
  );
  throw new ControlError(400, issues.join('; '));
}

function depthOf(json: string): number {
  let [open, depth, inString] = [0, 0, false];
  for (let index = 0; index < json.length; index++) {
    const token = json[index];
    if (inString && token === '\\') index += 1;
    else if (token === '"') inString = !inString;
    else if (inString) continue;
    else if (token === '[' || token === '{') depth = Math.max(depth, ++open);
    else if (token === ']' || token === '}') open -= 1;
  }
  return depth;
}

function withoutNulls(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

/** The error text, where the schema has none of its own. */
function wording(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined && issue.code === 'invalid_type') return 'is needed';
  switch (issue.code) {
    case 'invalid_type':
      return `give ${String(issue['expected']) === 'int' ? 'a whole number' : `JSON of the type ${String(issue['expected'])}`}`;
    case 'invalid_value':
      return `give one of ${(issue['values'] as readonly unknown[]).map(String).join(', ')}`;
    case 'too_small':
      return `give at least ${String(issue['minimum'])}${issue['origin'] === 'string' ? ' characters' : ''}`;
    case 'too_big':
      return `give at most ${String(issue['maximum'])}${issue['origin'] === 'string' ? ' characters' : ''}`;
    case 'unrecognized_keys':
      return `there is no field ${(issue['keys'] as readonly string[]).map((key) => key.slice(0, 64)).join(', ')}`;
    default:
      return 'this will not do';
  }
}
