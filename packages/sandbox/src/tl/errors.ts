/** Why bytes cannot be decoded as TL. */
export type TlDecodeProblem = 'unknown-constructor' | 'wrong-type' | 'truncated' | 'too-long' | 'malformed';

/** Bytes that the schema cannot read: the only error that decoding throws. */
export class TlDecodeError extends Error {
  override readonly name = 'TlDecodeError';
  readonly problem: TlDecodeProblem;
  /** The id found in place of a constructor, unsigned. Set only for the first two problems. */
  readonly constructorId: number | undefined;

  constructor(problem: TlDecodeProblem, message: string, constructorId?: number) {
    super(message);
    this.problem = problem;
    this.constructorId = constructorId;
  }
}

/** A value that cannot be written as the requested type. The message names the field. */
export class TlEncodeError extends Error {
  override readonly name = 'TlEncodeError';
}
