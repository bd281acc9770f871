import { afterAll, beforeAll } from 'vitest';
import { Stack } from './stack.ts';

export const ALICE = '+9996627001';
export const BOB = '+9996627002';

/** A product in which two people are signed in. */
export interface AliceAndBob {
  stack: Stack;
  /** Telegram's ids of the accounts `alice` and `bob`. */
  alice: number;
  bob: number;
}

/**
 * Starts the product for the tests of the `describe` block, or file, that calls this, and signs alice and bob in.
 * @param headers are sent with every request of {@link Stack.api}: the key, if there is one.
 * @returns the product, from `beforeAll` on.
 */
export function useStack(
  settings: Record<string, string> = {},
  headers: Record<string, string> = {},
): () => AliceAndBob {
  let stack: Stack | undefined;
  let product: AliceAndBob | undefined;
  beforeAll(async () => {
    stack = await Stack.start(settings);
    stack.api.headers = headers;
    const [alice, bob] = [await stack.signIn('alice', ALICE), await stack.signIn('bob', BOB)];
    product = { stack, alice, bob };
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());
  return () => {
    if (product === undefined) throw new Error('the product runs only while the tests do');
    return product;
  };
}
