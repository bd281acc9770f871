import * as z from 'zod';

/** The optional fields of each {@link requestBody}: OpenAPI shows them as nullable. */
const OPTIONAL_FIELDS = new WeakMap<object, readonly string[]>();

type RequestBody<O extends z.ZodObject> = z.ZodPipe<z.ZodTransform<z.input<O>, z.input<O>>, O>;

/**
 * A JSON object of a request: unknown fields are refused, and `null` for an optional field means absent.
 * @param otherwise the message for a value that is no object; the API's own by default.
 */
export function requestBody<S extends z.ZodRawShape>(shape: S, otherwise?: string) {
  const error = (issue: z.core.$ZodRawIssue) => (issue.code === 'invalid_type' ? otherwise : undefined);
  return nullsAbsent(z.strictObject(shape, { error }));
}

/** Like {@link requestBody}, but keeps unknown fields. */
export function openRequestBody<S extends z.ZodRawShape>(shape: S) {
  return nullsAbsent(z.looseObject(shape));
}

/** The optional fields for which `null` means absent; none where the schema is no {@link requestBody}. */
export function nullableFieldsOf(schema: object): readonly string[] {
  return OPTIONAL_FIELDS.get(schema) ?? [];
}

function nullsAbsent<O extends z.ZodObject>(object: O): RequestBody<O> {
  const fields = Object.entries(object.shape).flatMap(([name, field]) =>
    z.safeParse(field, undefined).success ? [name] : [],
  );
  OPTIONAL_FIELDS.set(object, fields);
  const dropNulls = z.transform((value: z.input<O>) => withoutNulls(value, fields) as z.input<O>);
  // zod takes a transform for optional; the object behind it is not.
  dropNulls._zod.optin = undefined;
  return z.pipe(dropNulls, object as never) as RequestBody<O>;
}

/** Copies only where there is a null to drop. */
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
