import { isDeepStrictEqual } from 'node:util';
import type { Json } from './json.ts';

/** Bytes below which a reference is no gain. */
const LEAST_GAIN = 85;

interface ObjectSchema extends Json {
  properties: Record<string, Json>;
  required?: string[];
}

/**
 * Rewrites objects that have all the fields of another named object and more, or the same fields as an earlier one:
 * they refer to it and list only their own fields, both in `allOf`. Generators of clients make an extended type of it.
 */
export function composed(schemas: ReadonlyMap<string, Json>): [name: string, schema: Json][] {
  const parts = [...schemas].flatMap(([name, schema]) => {
    // Objects with rules between their fields (`if`) are no part of others, which would have these rules too.
    const size = isObject(schema) && !('if' in schema) ? sizeOf(schema) : 0;
    return isObject(schema) && size >= LEAST_GAIN ? [{ name, schema, size }] : [];
  });
  return [...schemas].map(([name, schema]) => {
    if (!isObject(schema)) return [name, schema];
    const own = parts.findIndex((part) => part.name === name);
    const [base] = parts
      .filter((part, place) => isPart(part.schema, schema) && (hasMore(schema, part.schema) || place < own))
      .toSorted((a, b) => b.size - a.size);
    return [name, base === undefined ? schema : extending(base, schema)];
  });
}

function extending(base: { name: string; schema: ObjectSchema }, schema: ObjectSchema): Json {
  // The base says the type.
  const { type: _object, properties, required = [], ...rest } = schema;
  const own = Object.entries(properties).filter(([name]) => !(name in base.schema.properties));
  const ownRequired = required.filter((name) => base.schema.required?.includes(name) !== true);
  const more = {
    ...(own.length > 0 && { properties: Object.fromEntries(own) }),
    ...(ownRequired.length > 0 && { required: ownRequired }),
  };
  // Two parts, also without own fields: openapi-python-client takes a schema with one part for that part.
  const part = Object.keys(more).length > 0 ? more : { type: 'object' };
  return { ...rest, allOf: [{ $ref: `#/components/schemas/${base.name}` }, part] };
}

/** Whether `whole` has all the fields of `part`. */
function isPart(part: ObjectSchema, whole: ObjectSchema): boolean {
  return (
    Object.entries(part.properties).every(([name, field]) =>
      isDeepStrictEqual(field, whole.properties[name]),
    ) && (part.required ?? []).every((name) => whole.required?.includes(name) === true)
  );
}

function hasMore(whole: ObjectSchema, part: ObjectSchema): boolean {
  return Object.keys(whole.properties).length > Object.keys(part.properties).length;
}

function isObject(schema: Json): schema is ObjectSchema {
  return schema['type'] === 'object' && 'properties' in schema;
}

function sizeOf({ properties, required = [] }: ObjectSchema): number {
  return JSON.stringify([properties, required]).length;
}
