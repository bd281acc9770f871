import { generatePrimeSync } from 'node:crypto';

/** The proof of work in the key exchange: the client must factorize `pq` into the primes p < q. All are big-endian. */
export interface PrimeProduct {
  pq: Buffer;
  p: Buffer;
  q: Buffer;
}

/** As at Telegram: two primes of 31 bits. */
const PRIME_BITS = 31;

export function makePrimeProduct(): PrimeProduct {
  const first = generatePrimeSync(PRIME_BITS, { bigint: true });
  const second = generatePrimeSync(PRIME_BITS, { bigint: true });
  if (first === second) return makePrimeProduct();
  const [p, q] = first < second ? [first, second] : [second, first];
  return { pq: bigEndian(p * q, 8), p: bigEndian(p, 4), q: bigEndian(q, 4) };
}

function bigEndian(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex');
}
