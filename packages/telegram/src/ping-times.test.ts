import { expect, test } from 'vitest';
import { firstPingIn } from './ping-times.ts';

const INTERVAL = 60_000;
const NOW = 1_705_320_000_123;

test.each([0, 0.25, 0.5, 0.999])(
  'a first ping is within the interval, at one of its moments (%d)',
  (random) => {
    const delay = firstPingIn(INTERVAL, NOW, random);
    expect(delay).toBeGreaterThan(0);
    expect(delay).toBeLessThanOrEqual(INTERVAL + 1_000);
    expect((NOW + delay) % 1_000).toBe(0);
  },
);

test('a thousand connections ping in sixty groups, whenever they were opened', () => {
  const moments = Array.from({ length: 1_000 }, (_, index) => {
    const now = NOW + index * 7;
    return (now + firstPingIn(INTERVAL, now, index / 1_000)) % INTERVAL;
  });
  expect(new Set(moments).size).toBe(60);
});
