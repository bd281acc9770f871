import * as z from 'zod';

/** The optional fields of each {@link requestBody}, which OpenAPI shows as nullable. */
const OPTIONAL_FIELDS = new WeakMap<object, readonly string[]>();

/** The schema of a request's body. `out` is the schema of its fields. */
export type RequestBody<O extends z.ZodObject> = z.ZodPipe<z.ZodTransform<z.input<O>, z.input<O>>, O>;

/**
 * A JSON object in a request: unknown fields are refused, and `null` for an optional field means absent.
 * @param options `otherwise`: the message for a value that is not an object; by default the API's own. `nullIsValue`:
 * optional fields whose `null` is a value of its own.
 */
export function requestBody<S extends z.ZodRawShape>(
  shape: S,
  { otherwise, nullIsValue = [] }: { otherwise?: string; nullIsValue?: readonly (keyof S)[] } = {},
) {
  return nullsAbsent(strict(shape, otherwise), nullIsValue);
}

/**
 * Like {@link requestBody}, where at least one of `fields` is required. The issue is that of the first of them, and its
 * message names the others.
 * @param nullIsValue optional fields whose `null` is a value of its own.
 */
export function requestBodyWithOneOf<S extends z.ZodRawShape>(
  shape: S,
  fields: readonly [first: string, second: string, ...others: string[]],
  nullIsValue: readonly (keyof S)[] = [],
) {
  const isGiven = (given: Record<string, unknown>) => fields.some((field) => given[field] !== undefined);
  const [first, ...others] = fields;
  const object = strict(shape).refine(isGiven, {
    path: [first],
    error: `is required, or else ${others.join(', ').replace(/, ([^,]+)$/, ' or $1')}`,
    // Also where a single field is wrong, so that the caller is told everything at once.
    when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value),
  });
  return nullsAbsent(object, nullIsValue);
}

function strict<S extends z.ZodRawShape>(shape: S, otherwise?: string) {
  const error = (issue: z.core.$ZodRawIssue) => (issue.code === 'invalid_type' ? otherwise : undefined);
  return z.strictObject(shape, { error });
}

/** Like {@link requestBody}, but keeps unknown fields. */
export function openRequestBody<S extends z.ZodRawShape>(shape: S) {
  return nullsAbsent(z.looseObject(shape));
}

/** The fields for which `null` means absent; empty if the schema is not a {@link requestBody}. */
export function nullableFieldsOf(schema: object): readonly string[] {
  return OPTIONAL_FIELDS.get(schema) ?? [];
}

function nullsAbsent<O extends z.ZodObject>(
  object: O,
  nullIsValue: readonly PropertyKey[] = [],
): RequestBody<O> {
  const fields = Object.entries(object.shape).flatMap(([name, field]) =>
    z.safeParse(field, undefined).success && !nullIsValue.includes(name) ? [name] : [],
  );
  OPTIONAL_FIELDS.set(object, fields);
  const dropNulls = z.transform((value: z.input<O>) => withoutNulls(value, fields) as z.input<O>);
  // zod treats a transform as optional, but the object behind it is required.
  dropNulls._zod.optin = undefined;
  return z.pipe(dropNulls, object as never) as RequestBody<O>;
}

/** Copies the object only if there is a null to drop. */
function withoutNulls(value: unknown, fields: readonly string[]): unknown {
  if (!isObject(value) || !fields.some((name) => Object.hasOwn(value, name) && value[name] === null))
    return value;
  return Object.fromEntries(
    Object.entries(value).filter(([name, field]) => field !== null || !fields.includes(name)),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
