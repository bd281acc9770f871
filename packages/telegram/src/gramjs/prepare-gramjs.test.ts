import { expect, test, vi } from 'vitest';
import { HELPERS } from './native-math.ts';

test('what writes the long numbers of a call computes with native BigInt, too', async () => {
  const write = vi.spyOn(HELPERS, 'toSignedLittleBuffer');
  await import('../index.ts');
  const { Api } = await import('telegram/tl/index.js');
  const { default: bigInt } = await import('big-integer');
  const bytes = new Api.Ping({ pingId: bigInt('-1234567890123456789') }).getBytes();
  expect(write).toHaveBeenCalledTimes(1);
  expect(bytes.readBigInt64LE(4)).toBe(-1234567890123456789n);
});
