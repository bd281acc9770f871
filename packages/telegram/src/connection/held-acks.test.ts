import { expect, test } from 'vitest';
import { HeldAcks } from './held-acks.ts';

test('acknowledgements are held until eight can go', () => {
  const acks = new HeldAcks<number>(() => 0);
  for (let id = 1; id <= 7; id++) acks.add(id);
  expect(acks.size).toBe(0);
  acks.add(8);
  expect(acks.size).toBe(8);
  expect([...acks]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  acks.clear();
  expect(acks.size).toBe(0);
});

test('none is held for longer than a quarter of a minute once something is written', () => {
  let now = 1_000;
  const acks = new HeldAcks<number>(() => now);
  acks.add(1);
  now += 14_999;
  acks.add(2);
  expect(acks.size).toBe(0);
  now += 1;
  expect(acks.size).toBe(2);
  acks.clear();
  acks.add(3);
  expect(acks.size).toBe(0);
  now += 15_000;
  expect(acks.size).toBe(1);
});
