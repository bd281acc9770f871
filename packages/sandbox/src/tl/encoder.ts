import type { TlObject, TlValue } from '../types.ts';
import { isFlags } from './decoder.ts';
import { TlEncodeError } from './errors.ts';
import { otherFormOf, otherValueOf } from './other-forms.ts';
import { BOOL_FALSE_ID, BOOL_TRUE_ID, VECTOR_ID, type SchemaIndex } from './schema-index.ts';
import type { TlCombinator, TlField, TlPrimitive, TlType } from './schema.ts';
import { isTlObject } from './tl-object.ts';
import type { TlWriter } from './tl-writer.ts';

/** `where` names the field in errors, e.g. `message.date`. */
export type WriteValue = (writer: TlWriter, value: TlValue, where: string) => void;
type WriteFields = (writer: TlWriter, object: TlObject) => void;

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

function mismatch(where: string, expected: string, value: TlValue): TlEncodeError {
  if (value === undefined || value === null)
    return new TlEncodeError(`${where} is missing: it takes ${expected}`);
  const found = isTlObject(value) ? value._ : Array.isArray(value) ? 'a list' : typeof value;
  return new TlEncodeError(`${where} takes ${expected}, not ${found}`);
}

function writeRaw(length: number): WriteValue {
  return (writer, value, where) => {
    if (!(value instanceof Uint8Array) || value.length !== length)
      throw mismatch(where, `${length} bytes`, value);
    writer.raw(value);
  };
}

const WRITE_PRIMITIVE: Record<Exclude<TlPrimitive, '#'>, WriteValue> = {
  int: (writer, value, where) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < INT_MIN || value > INT_MAX) {
      throw mismatch(where, 'a whole number of 32 bits', value);
    }
    writer.int32(value);
  },
  long: (writer, value, where) => {
    if (typeof value !== 'bigint' || value < LONG_MIN || value > LONG_MAX) {
      throw mismatch(where, 'a bigint of 64 bits, signed', value);
    }
    writer.long(value);
  },
  double: (writer, value, where) => {
    if (typeof value !== 'number') throw mismatch(where, 'a number', value);
    writer.double(value);
  },
  string: (writer, value, where) => {
    if (typeof value !== 'string') throw mismatch(where, 'a string', value);
    writer.string(value);
  },
  bytes: (writer, value, where) => {
    if (!(value instanceof Uint8Array)) throw mismatch(where, 'bytes', value);
    writer.bytes(value);
  },
  int128: writeRaw(16),
  int256: writeRaw(32),
  Bool: (writer, value, where) => {
    if (typeof value !== 'boolean') throw mismatch(where, 'a boolean', value);
    writer.uint32(value ? BOOL_TRUE_ID : BOOL_FALSE_ID);
  },
  true: () => undefined,
};

/** Writes TL objects of one schema. Fields that a constructor of this schema does not have are left out. */
export class TlEncoder {
  readonly #index: SchemaIndex;
  readonly #fields = new Map<TlCombinator, WriteFields>();

  constructor(index: SchemaIndex) {
    this.#index = index;
  }

  compile(type: TlType): WriteValue {
    switch (type.kind) {
      case 'primitive':
        if (type.name === '#') throw new Error('a # is written from the fields that depend on it');
        return WRITE_PRIMITIVE[type.name];
      case 'vector':
        return this.#vector(type);
      case 'bare':
        return this.#bare(type.constructor);
      case 'boxed':
        return this.#boxed(`a ${type.type}`, (name) => {
          const found = this.#index.constructorNamed(name);
          return found?.result === type.type ? found : undefined;
        });
      case 'call':
        return this.#boxed('a call', (name) => this.#index.methodNamed(name));
      case 'any':
        return this.#boxed(
          'an object',
          (name) => this.#index.constructorNamed(name) ?? this.#index.methodNamed(name),
        );
    }
  }

  #boxed(expected: string, find: (name: string) => TlCombinator | undefined): WriteValue {
    return (writer, given, where) => {
      if (!isTlObject(given)) throw mismatch(where, `${expected} of layer ${this.#index.layer}`, given);
      const direct = find(given._);
      const value = direct === undefined ? (otherFormOf(given) ?? given) : given;
      const found = direct ?? find(value._);
      if (found === undefined) throw mismatch(where, `${expected} of layer ${this.#index.layer}`, given);
      writer.uint32(found.id);
      this.#write(writer, value, found);
    };
  }

  #bare(name: string): WriteValue {
    const combinator = this.#index.constructorNamed(name);
    if (combinator === undefined) throw new Error(`layer ${this.#index.layer} has no constructor ${name}`);
    return (writer, value, where) => {
      if (!isTlObject(value) || value._ !== name) throw mismatch(where, name, value);
      this.#write(writer, value, combinator);
    };
  }

  #vector(type: TlType & { kind: 'vector' }): WriteValue {
    const writeItem = this.compile(type.of);
    return (writer, value, where) => {
      if (!Array.isArray(value)) throw mismatch(where, 'a list', value);
      if (type.boxed) writer.uint32(VECTOR_ID);
      writer.uint32(value.length);
      for (const item of value) writeItem(writer, item, where);
    };
  }

  #write(writer: TlWriter, object: TlObject, combinator: TlCombinator): void {
    let write = this.#fields.get(combinator);
    if (write === undefined) {
      write = this.#compile(combinator);
      this.#fields.set(combinator, write);
    }
    write(writer, object);
  }

  #compile({ name, fields }: TlCombinator): WriteFields {
    const steps = fields.map((field) =>
      isFlags(field) ? writeFlags(field, fields) : this.#field(`${name}.${field.name}`, field, fields),
    );
    return (writer, object) => {
      for (const step of steps) step(writer, object);
    };
  }

  #fieldValue(where: string, type: TlType): WriteValue {
    const write = this.compile(type);
    const convert = type.kind === 'primitive' ? otherValueOf(where, type.name) : undefined;
    return convert === undefined ? write : (writer, value, at) => write(writer, convert(value), at);
  }

  #field(where: string, { name, type, condition }: TlField, fields: readonly TlField[]): WriteFields {
    const write = this.#fieldValue(where, type);
    if (condition === undefined) return (writer, object) => write(writer, object[name], where);
    const isThere = presenceOf(fields, condition);
    if (isTrue(type)) return () => undefined;
    return (writer, object) => {
      if (isThere(object)) write(writer, object[name], where);
    };
  }
}

function isTrue(type: TlType): boolean {
  return type.kind === 'primitive' && type.name === 'true';
}

function isPresent(object: TlObject, { name, type }: TlField): boolean {
  const value = object[name];
  return value !== undefined && value !== null && !(value === false && isTrue(type));
}

/**
 * Whether a bit is set: a field that depends on it is present. The other fields of that bit must then be present too.
 */
function presenceOf(
  fields: readonly TlField[],
  { flags, bit }: { flags: string; bit: number },
): (object: TlObject) => boolean {
  const members = fields.filter(({ condition }) => condition?.flags === flags && condition.bit === bit);
  const [only] = members;
  if (only !== undefined && members.length === 1) return (object) => isPresent(object, only);
  return (object) => members.some((member) => isPresent(object, member));
}

function writeFlags({ name }: TlField, fields: readonly TlField[]): WriteFields {
  const members = fields.flatMap((field) =>
    field.condition?.flags === name ? [{ field, mask: (1 << field.condition.bit) >>> 0 }] : [],
  );
  return (writer, object) => {
    let bits = 0;
    for (const { field, mask } of members) if (isPresent(object, field)) bits |= mask;
    writer.uint32(bits >>> 0);
  };
}
