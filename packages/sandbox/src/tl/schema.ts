/** The types that TL writes without a constructor id, and `Bool`, whose two constructors mean true and false. */
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
  /** `X`: any value with a constructor id, such as the result of a wrapped call. */
  | { kind: 'any' };

export interface TlField {
  name: string;
  type: TlType;
  /** The field is present only if this bit of an earlier `#` field is set. */
  condition?: { flags: string; bit: number };
}

/** A constructor or a method. */
export interface TlCombinator {
  kind: 'constructor' | 'method';
  name: string;
  /** Unsigned 32 bits. */
  id: number;
  fields: readonly TlField[];
  /** The type that it constructs or returns, as TL text: `User`, `Vector<User>`, `Bool`, `X`. */
  result: string;
}

/** All constructors and methods of one API layer. */
export interface TlSchema {
  layer: number;
  combinators: readonly TlCombinator[];
}
