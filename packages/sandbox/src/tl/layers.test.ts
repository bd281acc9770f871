import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { codecForLayer, LAYERS, resultTypeOf } from './layers.ts';

const require = createRequire(import.meta.url);

test('there is a schema for the layer of each of the two clients', () => {
  const gramJs = /LAYER = (\d+)/.exec(readFileSync(require.resolve('telegram/tl/AllTLObjects.js'), 'utf8'));
  expect(LAYERS).toEqual([Number(gramJs?.[1]), 227]);
});

test.each([
  [1, 198],
  [198, 198],
  [212, 198],
  [213, 227],
  [227, 227],
  [999, 227],
])('layer %i uses the schema of layer %i', (asked, given) => {
  expect(codecForLayer(asked).layer).toBe(given);
});

test('the result type of a method depends on the layer', () => {
  expect(resultTypeOf('users.getUsers', 198)).toBe('Vector<User>');
  expect(resultTypeOf('users.getNothing', 198)).toBeUndefined();
  expect(resultTypeOf('auth.initPasskeyLogin', 198)).toBeUndefined();
  expect(resultTypeOf('auth.initPasskeyLogin', 227)).toBe('auth.PasskeyLoginOptions');
});
