import { randomBytes, randomInt } from 'node:crypto';
import type { TlObject, TlValue } from '../../types.ts';
import type { TlCombinator, TlField, TlPrimitive, TlType } from '../schema.ts';

const SAMPLES: Record<TlPrimitive, () => TlValue> = {
  int: () => randomInt(2 ** 32) - 2 ** 31,
  '#': () => undefined,
  long: () => randomBytes(8).readBigInt64LE(),
  double: () => randomInt(1000) / 8,
  string: () => '\u0416\u{1F600}x'.repeat(randomInt(100)),
  bytes: () => randomBytes(randomInt(600)),
  int128: () => randomBytes(16),
  int256: () => randomBytes(32),
  Bool: () => randomInt(2) === 1,
  true: () => true,
};

/** Generates objects of a schema. */
export class SampleValues {
  readonly #combinators: readonly TlCombinator[];
  readonly #simplest = new Map<string, TlCombinator>();

  constructor(combinators: readonly TlCombinator[]) {
    this.#combinators = combinators;
  }

  /** An object or call with all of its optional fields, or with none. */
  object(combinator: TlCombinator, withOptional: boolean, depth = 0): TlObject {
    const object: TlObject = { _: combinator.name };
    for (const field of combinator.fields) {
      const value = this.#field(field, withOptional, depth);
      if (value !== undefined) object[field.name] = value;
    }
    return object;
  }

  #field({ type, condition }: TlField, withOptional: boolean, depth: number): TlValue {
    if (condition === undefined || withOptional) return this.#value(type, depth);
    return type.kind === 'primitive' && type.name === 'true' ? false : undefined;
  }

  /** Deeper vectors are empty, because the recursion of some types ends only that way. */
  #value(type: TlType, depth: number): TlValue {
    switch (type.kind) {
      case 'primitive':
        return SAMPLES[type.name]();
      case 'vector':
        return depth > 2 ? [] : [this.#value(type.of, depth), this.#value(type.of, depth)];
      case 'boxed':
        return this.object(this.#simplestOf(type.type), false, depth + 1);
      case 'bare':
        return this.object(this.#named(type.constructor), false, depth + 1);
      case 'call':
        return { _: 'help.getConfig' };
      case 'any':
        return { _: 'inputPeerSelf' };
    }
  }

  #named(name: string): TlCombinator {
    const found = this.#combinators.find(
      (combinator) => combinator.kind === 'constructor' && combinator.name === name,
    );
    if (found === undefined) throw new Error(`no constructor ${name}`);
    return found;
  }

  /** The constructor with the fewest required fields: it ends the recursion. */
  #simplestOf(type: string): TlCombinator {
    const known = this.#simplest.get(type);
    if (known !== undefined) return known;
    const candidates = this.#combinators.filter(
      ({ kind, result }) => kind === 'constructor' && result === type,
    );
    const [best] = candidates.sort((a, b) => weight(a) - weight(b));
    if (best === undefined) throw new Error(`no constructor of ${type}`);
    this.#simplest.set(type, best);
    return best;
  }
}

function weight({ fields }: TlCombinator): number {
  const required = fields.filter(({ condition }) => condition === undefined);
  return required.length + 10 * required.filter(({ type }) => type.kind !== 'primitive').length;
}
