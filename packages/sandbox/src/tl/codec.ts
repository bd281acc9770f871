import type { TlObject, TlValue } from '../types.ts';
import { TlDecoder, type ReadValue } from './decoder.ts';
import { TlEncoder, type WriteValue } from './encoder.ts';
import { TlDecodeError } from './errors.ts';
import { SchemaIndex } from './schema-index.ts';
import type { TlSchema } from './schema.ts';
import { TlReader } from './tl-reader.ts';
import { parseTlType } from './tl-text.ts';
import { TlWriter } from './tl-writer.ts';

/**
 * Reads and writes the objects and calls of one schema; values are as in {@link TlValue}. Objects do not contain `#`
 * fields: their bits follow from which optional fields are present (not undefined or null; for a `true` field: true).
 */
export class TlCodec {
  readonly layer: number;
  readonly #index: SchemaIndex;
  readonly #decoder: TlDecoder;
  readonly #encoder: TlEncoder;
  readonly #readers = new Map<string, ReadValue>();
  readonly #writers = new Map<string, WriteValue>();

  constructor(schema: TlSchema) {
    this.layer = schema.layer;
    this.#index = new SchemaIndex(schema);
    this.#decoder = new TlDecoder(this.#index);
    this.#encoder = new TlEncoder(this.#index);
  }

  /** Reads one object or call, which must fill the bytes. @throws {TlDecodeError} */
  decode(bytes: Uint8Array): TlObject {
    const reader = new TlReader(bytes);
    return filled(reader, this.#decoder.object(reader));
  }

  /** Reads a value of a type in TL text, e.g. `Vector<User>`, which must fill the bytes. @throws {TlDecodeError} */
  decodeAs(bytes: Uint8Array, typeName: string): TlValue {
    const reader = new TlReader(bytes);
    const read = this.#readers.get(typeName) ?? this.#decoder.compile(parseTlType(typeName));
    this.#readers.set(typeName, read);
    return filled(reader, read(reader));
  }

  /** Reads one object or call; the reader then stands after it. @throws {TlDecodeError} */
  read(reader: TlReader): TlObject {
    return this.#decoder.object(reader);
  }

  /**
   * Reads a call that wraps another, such as `invokeWithLayer`, and stops before the wrapped call, which may be of
   * another layer. The object does not have the field of the wrapped call.
   * @throws {TlDecodeError}
   */
  readWrapper(reader: TlReader): TlObject {
    return this.#decoder.head(reader);
  }

  /**
   * Writes a value as a type in TL text, e.g. `Updates`, `Vector<int>`, `Bool`, or `X` for any object or call. Leaves
   * out fields that the schema does not have.
   * @throws {TlEncodeError} names the field that is missing or of a wrong type.
   */
  encode(value: TlValue, typeName: string): Buffer {
    const write = this.#writers.get(typeName) ?? this.#encoder.compile(parseTlType(typeName));
    this.#writers.set(typeName, write);
    const writer = new TlWriter();
    write(writer, value, typeName);
    return writer.finish();
  }

  /** The declared result type of a method, as TL text; undefined for a method that the schema does not have. */
  resultTypeOf(method: string): string | undefined {
    return this.#index.methodNamed(method)?.result;
  }

  /** Whether the schema has a constructor or method of this name. */
  has(name: string): boolean {
    return this.#index.constructorNamed(name) !== undefined || this.#index.methodNamed(name) !== undefined;
  }

  /** The id of a constructor or method, unsigned. @throws {Error} for a name that the schema does not have. */
  idOf(name: string): number {
    const combinator = this.#index.constructorNamed(name) ?? this.#index.methodNamed(name);
    if (combinator === undefined) throw new Error(`layer ${this.layer} has no ${name}`);
    return combinator.id;
  }

  /** The name that has this id. */
  nameOf(id: number): string | undefined {
    return this.#index.withId(id)?.name;
  }
}

function filled<T>(reader: TlReader, value: T): T {
  if (reader.remaining === 0) return value;
  throw new TlDecodeError('too-long', `${reader.remaining} bytes behind the end`);
}
