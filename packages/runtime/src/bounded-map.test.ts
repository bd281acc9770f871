import { expect, test, vi } from 'vitest';
import { BoundedMap, remembered } from './bounded-map.ts';

test('a map keeps up to so many keys, and begins anew with the next one', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  expect([map.get('a'), map.get('b')]).toEqual([1, 2]);
  map.set('c', 3);
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([undefined, undefined, 3]);
});

test('a full map takes another value of a key that it has, and one in the place of what was deleted', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('b', 3);
  expect([map.get('a'), map.get('b')]).toEqual([1, 3]);
  map.delete('b');
  map.set('c', 4);
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 4]);
});

test('what is remembered is worked out once, false and nothing too, until it is forgotten', () => {
  const workOut = vi.fn<(key: string) => number | boolean | string>((key) =>
    key === '0' ? 0 : key === 'false' ? false : key,
  );
  const of = remembered(3, workOut);
  for (const _ of ['first', 'again']) expect(['0', 'false', ''].map(of)).toEqual([0, false, '']);
  expect(workOut).toHaveBeenCalledTimes(3);
  expect(of('next')).toBe('next');
  expect(of('0')).toBe(0);
  expect(workOut).toHaveBeenCalledTimes(5);
});
