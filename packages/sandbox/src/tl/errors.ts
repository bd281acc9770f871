/** Why bytes are not the TL that they should be. */
export type TlDecodeProblem = 'unknown-constructor' | 'wrong-type' | 'truncated' | 'too-long' | 'malformed';

/** Bytes that the schema cannot read. Thrown by everything that decodes, and nothing else is. */
export class TlDecodeError extends Error {
  override readonly name = 'TlDecodeError';
  readonly problem: TlDecodeProblem;
  /** The id that stood where a constructor was expected, unsigned; only for the first two problems. */
  readonly constructorId: number | undefined;

  constructor(problem: TlDecodeProblem, message: string, constructorId?: number) {
    super(message);
    this.problem = problem;
    this.constructorId = constructorId;
  }
}

/** A value that cannot be written as the type asked for. The message names the field. */
export class TlEncodeError extends Error {
  override readonly name = 'TlEncodeError';
}
