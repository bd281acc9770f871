import type { TlObject, TlValue } from '../types.ts';
import { TlDecodeError } from './errors.ts';
import { BOOL_FALSE_ID, BOOL_TRUE_ID, hexId, VECTOR_ID, type SchemaIndex } from './schema-index.ts';
import type { TlCombinator, TlField, TlPrimitive, TlType } from './schema.ts';
import type { TlReader } from './tl-reader.ts';

export type ReadValue = (reader: TlReader) => TlValue;
type ReadFields = (reader: TlReader) => TlObject;

const READ_PRIMITIVE: Record<TlPrimitive, ReadValue> = {
  int: (reader) => reader.int32(),
  '#': (reader) => reader.uint32(),
  long: (reader) => reader.long(),
  double: (reader) => reader.double(),
  string: (reader) => reader.string(),
  bytes: (reader) => reader.bytes(),
  int128: (reader) => reader.raw(16),
  int256: (reader) => reader.raw(32),
  true: () => true,
  Bool: (reader) => {
    const id = reader.uint32();
    if (id === BOOL_TRUE_ID) return true;
    if (id === BOOL_FALSE_ID) return false;
    throw new TlDecodeError('wrong-type', `${hexId(id)} is no Bool`, id);
  },
};

interface FieldStep {
  name: string;
  read: ReadValue;
  /** The index of the `#` field that this field is, or on which it depends. */
  slot: number;
  kind: 'flags' | 'always' | 'conditional' | 'true';
  mask: number;
}

/** Telegram takes an `InputPeer` in place of these types, and many clients send one. */
const ALSO_ACCEPTED: Readonly<Record<string, string>> = { InputUser: 'InputPeer', InputChannel: 'InputPeer' };

/** Reads TL objects of one schema. Each combinator's reader is compiled on first use. */
export class TlDecoder {
  readonly #index: SchemaIndex;
  readonly #fields = new Map<TlCombinator, ReadFields>();
  readonly #heads = new Map<TlCombinator, ReadFields>();

  constructor(index: SchemaIndex) {
    this.#index = index;
  }

  /** Reads the id, then that constructor or method. @throws {TlDecodeError} */
  object(reader: TlReader): TlObject {
    return this.#read(reader, this.#index.requireId(reader.uint32()));
  }

  /** Reads a call that wraps another, up to the wrapped call, whose field is left out. @throws {TlDecodeError} */
  head(reader: TlReader): TlObject {
    const combinator = this.#index.requireId(reader.uint32());
    const own = combinator.fields.filter((field) => field.type.kind !== 'call');
    return memoized(this.#heads, combinator, () => this.#compile(combinator, own))(reader);
  }

  compile(type: TlType): ReadValue {
    switch (type.kind) {
      case 'primitive':
        return READ_PRIMITIVE[type.name];
      case 'vector':
        return this.#vector(type);
      case 'bare':
        return this.#bare(type.constructor);
      case 'boxed':
        return this.#boxed(
          `a ${type.type}`,
          (found) =>
            found.kind === 'constructor' &&
            (found.result === type.type || found.result === ALSO_ACCEPTED[type.type]),
        );
      case 'call':
        return this.#boxed('a call', (found) => found.kind === 'method');
      case 'any':
        return (reader) => this.object(reader);
    }
  }

  #boxed(expected: string, accepts: (found: TlCombinator) => boolean): ReadValue {
    return (reader) => {
      const id = reader.uint32();
      const found = this.#index.requireId(id);
      if (!accepts(found)) throw new TlDecodeError('wrong-type', `${found.name} is not ${expected}`, id);
      return this.#read(reader, found);
    };
  }

  #bare(name: string): ReadValue {
    const combinator = this.#index.constructorNamed(name);
    if (combinator === undefined) throw new Error(`layer ${this.#index.layer} has no constructor ${name}`);
    return (reader) => this.#read(reader, combinator);
  }

  #vector(type: TlType & { kind: 'vector' }): ReadValue {
    const readItem = this.compile(type.of);
    return (reader) => {
      const id = type.boxed ? reader.uint32() : VECTOR_ID;
      if (id !== VECTOR_ID) throw new TlDecodeError('wrong-type', `${hexId(id)} is no vector`, id);
      const items: TlValue[] = [];
      for (let left = reader.uint32(); left > 0; left -= 1) items.push(readItem(reader));
      return items;
    };
  }

  #read(reader: TlReader, combinator: TlCombinator): TlObject {
    const read = memoized(this.#fields, combinator, () => this.#compile(combinator, combinator.fields));
    reader.enter();
    const object = read(reader);
    reader.leave();
    return object;
  }

  #compile({ name }: TlCombinator, fields: readonly TlField[]): ReadFields {
    const slots = fields.filter(isFlags).map((field) => field.name);
    const steps = fields.map((field) => this.#step(field, slots));
    return (reader) => {
      const object: TlObject = { _: name };
      const flags = [0, 0];
      for (const step of steps) {
        if (step.kind === 'always') object[step.name] = step.read(reader);
        else if (step.kind === 'flags') flags[step.slot] = reader.uint32();
        else if (step.kind === 'true') object[step.name] = ((flags[step.slot] ?? 0) & step.mask) !== 0;
        else if (((flags[step.slot] ?? 0) & step.mask) !== 0) object[step.name] = step.read(reader);
      }
      return object;
    };
  }

  #step({ name, type, condition }: TlField, slots: readonly string[]): FieldStep {
    const read = this.compile(type);
    if (isFlags({ name, type })) return { name, read, slot: slots.indexOf(name), kind: 'flags', mask: 0 };
    if (condition === undefined) return { name, read, slot: 0, kind: 'always', mask: 0 };
    const isTrue = type.kind === 'primitive' && type.name === 'true';
    const slot = slots.indexOf(condition.flags);
    return { name, read, slot, kind: isTrue ? 'true' : 'conditional', mask: 1 << condition.bit };
  }
}

/** Whether a field is a bit mask on which other fields depend. Objects do not contain it. */
export function isFlags({ type }: TlField): boolean {
  return type.kind === 'primitive' && type.name === '#';
}

function memoized<K, V>(made: Map<K, V>, key: K, make: () => V): V {
  const known = made.get(key);
  if (known !== undefined) return known;
  const value = make();
  made.set(key, value);
  return value;
}
