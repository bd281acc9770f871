import { isDeepStrictEqual } from 'node:util';
import type { Json } from './json.ts';

/** Bytes below which a reference is no gain. */
const LEAST_GAIN = 100;

interface ObjectSchema extends Json {
  properties: Record<string, Json>;
  required?: string[];
}

/**
 * Rewrites objects that have all the fields of another named object: they refer to it (`allOf`) and list only their own
 * fields. Generators of clients make an extended type of that.
 */
export function composed(schemas: ReadonlyMap<string, Json>): [name: string, schema: Json][] {
  const objects = [...schemas].flatMap(([name, schema]) =>
    isObject(schema) ? [{ name, schema, size: sizeOf(schema) }] : [],
  );
  return [...schemas].map(([name, schema]) => {
    if (!isObject(schema)) return [name, schema];
    const [base] = objects
      .filter((other) => other.size >= LEAST_GAIN && isPart(other.schema, schema))
      .toSorted((a, b) => b.size - a.size);
    return [name, base === undefined ? schema : extending(base, schema)];
  });
}

function extending(base: { name: string; schema: ObjectSchema }, schema: ObjectSchema): Json {
  const { properties, required = [], ...rest } = schema;
  const own = Object.entries(properties).filter(([name]) => !(name in base.schema.properties));
  const ownRequired = required.filter((name) => base.schema.required?.includes(name) !== true);
  return {
    ...rest,
    allOf: [{ $ref: `#/components/schemas/${base.name}` }],
    properties: Object.fromEntries(own),
    ...(ownRequired.length > 0 && { required: ownRequired }),
  };
}

/** Whether `whole` has all the fields of `part`, and more. */
function isPart(part: ObjectSchema, whole: ObjectSchema): boolean {
  const fields = Object.entries(part.properties);
  return (
    fields.length < Object.keys(whole.properties).length &&
    fields.every(([name, field]) => isDeepStrictEqual(field, whole.properties[name])) &&
    (part.required ?? []).every((name) => whole.required?.includes(name) === true)
  );
}

/** Objects with rules between their fields (`if`) are no part of others, which would have these rules too. */
function isObject(schema: Json): schema is ObjectSchema {
  return schema['type'] === 'object' && 'properties' in schema && !('if' in schema);
}

function sizeOf({ properties, required = [] }: ObjectSchema): number {
  return JSON.stringify([properties, required]).length;
}
