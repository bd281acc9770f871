import { TlDecodeError } from './errors.ts';
import type { TlCombinator, TlSchema } from './schema.ts';

export const VECTOR_ID = 0x1cb5c415;
export const BOOL_TRUE_ID = 0x997275b5;
export const BOOL_FALSE_ID = 0xbc799737;

/** An id in the form that TL text uses. */
export function hexId(id: number): string {
  return id.toString(16).padStart(8, '0');
}

/** Indexes of a schema's combinators. */
export class SchemaIndex {
  readonly layer: number;
  readonly #constructors = new Map<string, TlCombinator>();
  readonly #methods = new Map<string, TlCombinator>();
  readonly #ids = new Map<number, TlCombinator>();

  /** @throws {Error} if two combinators share an id. */
  constructor(schema: TlSchema) {
    this.layer = schema.layer;
    for (const combinator of schema.combinators) {
      const other = this.#ids.get(combinator.id);
      if (other !== undefined)
        throw new Error(`${combinator.name} and ${other.name} share ${hexId(combinator.id)}`);
      this.#ids.set(combinator.id, combinator);
      (combinator.kind === 'method' ? this.#methods : this.#constructors).set(combinator.name, combinator);
    }
  }

  constructorNamed(name: string): TlCombinator | undefined {
    return this.#constructors.get(name);
  }

  methodNamed(name: string): TlCombinator | undefined {
    return this.#methods.get(name);
  }

  withId(id: number): TlCombinator | undefined {
    return this.#ids.get(id);
  }

  /** @throws {TlDecodeError} `unknown-constructor`, with the id. */
  requireId(id: number): TlCombinator {
    const combinator = this.#ids.get(id);
    if (combinator !== undefined) return combinator;
    throw new TlDecodeError('unknown-constructor', `layer ${this.layer} knows no ${hexId(id)}`, id);
  }
}
