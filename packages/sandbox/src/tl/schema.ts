/** What TL writes without a constructor id of its own, and `Bool`, whose two constructors stand for true and false. */
export type TlPrimitive =
  | 'int'
  | 'long'
  | 'double'
  | 'string'
  | 'bytes'
  | 'int128'
  | 'int256'
  | 'Bool'
  | '#'
  | 'true';

/** The type of a field or of a method's result. */
export type TlType =
  | { kind: 'primitive'; name: TlPrimitive }
  /** Any constructor of the type, with its id in front. */
  | { kind: 'boxed'; type: string }
  /** One known constructor, without its id. */
  | { kind: 'bare'; constructor: string }
  | { kind: 'vector'; boxed: boolean; of: TlType }
  /** `!X`: a whole method call. */
  | { kind: 'call' }
  /** Anything that has a constructor id: `X`, the result of a call that only the call knows. */
  | { kind: 'any' };

export interface TlField {
  name: string;
  type: TlType;
  /** The field is there only if this bit of an earlier `#` field is set. */
  condition?: { flags: string; bit: number };
}

/** A constructor or a method. */
export interface TlCombinator {
  kind: 'constructor' | 'method';
  name: string;
  /** Unsigned 32 bits. */
  id: number;
  fields: readonly TlField[];
  /** The type it makes or returns, as TL text: `User`, `Vector<User>`, `Bool`, `X`. */
  result: string;
}

/** All that one layer of an API knows. */
export interface TlSchema {
  layer: number;
  combinators: readonly TlCombinator[];
}
