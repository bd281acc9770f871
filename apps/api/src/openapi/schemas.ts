import { isDeepStrictEqual } from 'node:util';
import { nullableFieldsOf } from '@gateway/contracts';
import * as z from 'zod';
import { composed } from './composed.ts';
import type { Json } from './json.ts';

/** Whether a schema describes what a caller may send or what the API answers. */
type Side = 'input' | 'output';

/** The named schemas of the document (`components.schemas`). A zod schema gets a name by `.meta({ id })`. */
export class NamedSchemas {
  readonly #schemas = new Map<string, Json>();

  /** Converts a schema. The parts with a name become references. */
  convert(schema: z.ZodType, side: Side): Json {
    const { root, named } = toJson(schema, side);
    const names = new Map(Object.entries(named).map(([id, part]) => [id, this.#add(id, part, side)]));
    return replaceReferences(root, (id) => ({ $ref: `#/components/schemas/${names.get(id) ?? id}` })) as Json;
  }

  /** Like {@link convert}. A schema without a name gets this one. */
  convertAs(name: string, schema: z.ZodType, side: Side): Json {
    const made = this.convert(schema, side);
    return '$ref' in made ? made : { $ref: `#/components/schemas/${this.#store(name, made, side)}` };
  }

  /** A part whose requests differ from its answers has a second name for requests. */
  #add(id: string, part: Json, side: Side): string {
    const refer = (other: string) => ({ $ref: `#/components/schemas/${other}` });
    return this.#store(id, replaceReferences(part, refer) as Json, side);
  }

  #store(id: string, made: Json, side: Side): string {
    for (const name of [id, `${id}Input`]) {
      const known = this.#schemas.get(name);
      if (known === undefined && (name === id || side === 'input')) this.#schemas.set(name, made);
      if (known === undefined || isDeepStrictEqual(known, made)) return name;
    }
    throw new Error(`two schemas have the name ${id}`);
  }

  /** `components.schemas`, in the order of the names. */
  all(): Json {
    return Object.fromEntries(composed(this.#schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** A schema and its named parts. Both refer to named parts as `#/$defs/<name>`. */
function toJson(schema: z.ZodType, io: Side): { root: Json; named: Record<string, Json> } {
  // Wrapped, so that a schema with a name becomes a reference, too.
  const { properties, $defs } = z.toJSONSchema(z.object({ root: schema }), {
    io,
    override: ({ zodSchema, jsonSchema: object }) => {
      const fields = io === 'input' ? nullableFieldsOf(zodSchema) : [];
      if (fields.length > 0) Object.assign(object, { [NULLABLE]: fields });
      // Answers may get new fields. Requests may not, but those of a batch have a `type` beside their own fields.
      if (object.additionalProperties === false) delete object.additionalProperties;
      // `format` says it, and the pattern is long.
      if (object.format === 'date-time') delete object.pattern;
      // A client needs no check of a boolean, and one generator makes a broken one.
      if (io === 'output' && typeof object.const === 'boolean') delete object.const;
      else if (object.const !== undefined) delete object.type;
      if (object.type === 'integer' && object.exclusiveMinimum === 0) {
        delete object.exclusiveMinimum;
        object.minimum = 1;
      }
      // A number that JSON carries exactly, which needs no saying.
      if (object.maximum === Number.MAX_SAFE_INTEGER) delete object.maximum;
      // Any value, and any name, which needs no saying.
      if (object.properties === undefined && isAnything(object.additionalProperties))
        delete object.additionalProperties;
      delete object.propertyNames;
      if (io === 'output') for (const bound of BOUNDS) delete object[bound];
    },
  });
  const named = Object.entries($defs ?? {}).map(([name, { id: _id, ...part }]) => [name, showNullable(part)]);
  return { root: showNullable(properties?.['root']) as Json, named: Object.fromEntries(named) };
}

/** Limits of numbers and lists. They matter in requests only. */
const BOUNDS = ['minimum', 'maximum', 'exclusiveMinimum', 'minItems', 'maxItems'] as const;

function isAnything(schema: unknown): boolean {
  return typeof schema === 'object' && Object.keys(schema ?? {}).length === 0;
}

function replaceReferences(value: unknown, replace: (name: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceReferences(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, inner]) => [key, replaceReferences(inner, replace)] as const,
  );
  const { $ref, ...others } = Object.fromEntries(entries);
  if (typeof $ref !== 'string') return Object.fromEntries(entries);
  return { ...(replace($ref.replace('#/$defs/', '')) as Json), ...others };
}

/** Temporary marker on an object schema under construction: the names of its optional fields. */
const NULLABLE = 'x-nullable-fields';

/** Makes the optional fields of request schemas nullable, because the API accepts `null` for them. */
function showNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(showNullable);
  if (typeof value !== 'object' || value === null) return value;
  const { [NULLABLE]: fields, ...rest } = value as Json;
  const inside = Object.entries(rest).map(([name, inner]) => [name, showNullable(inner)]);
  const made = withoutTypes(shortened(Object.fromEntries(inside)));
  if (!Array.isArray(fields)) return made;
  const properties = Object.entries(made['properties'] as Record<string, Json>).map(([name, property]) => [
    name,
    fields.includes(name) ? nullable(property) : property,
  ]);
  return { ...made, properties: Object.fromEntries(properties) };
}

/** The parts of an object beside others that have a name need no type: those have it. */
function withoutTypes(schema: Json): Json {
  const { allOf, ...others } = schema;
  if (!Array.isArray(allOf) || !allOf.some((part: Json) => '$ref' in part)) return schema;
  const parts = allOf.map(({ type: _object, ...part }: Json) => part);
  return { allOf: parts, ...others };
}

/** zod writes a nullable text as `anyOf` of a text and `null`. A list of types says the same. */
function shortened(schema: Json): Json {
  const { anyOf, ...others } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2 || !isDeepStrictEqual(anyOf[1], { type: 'null' }))
    return schema;
  const only = anyOf[0] as Json;
  return ['string', 'integer', 'number', 'boolean'].includes(String(only['type'])) && !('enum' in only)
    ? { ...nullable(only), ...others }
    : schema;
}

function nullable(property: Json): Json {
  // Any value.
  if (Object.keys(property).length === 0) return property;
  const { type, enum: values, anyOf, ...rest } = property;
  if (typeof type === 'string' && Array.isArray(values))
    return { ...rest, type: [type, 'null'], enum: [...values, null] };
  if (typeof type === 'string' && type !== 'object') return { type: [type, 'null'], ...rest };
  if (Array.isArray(anyOf)) return { ...rest, anyOf: [...anyOf, { type: 'null' }] };
  const { description, examples, ...only } = property;
  return {
    anyOf: [only, { type: 'null' }],
    // Those of the field. Many readers look for them there, and not in its first alternative.
    ...(description !== undefined && { description }),
    ...(examples !== undefined && { examples }),
  };
}
