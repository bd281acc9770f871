import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { codecForLayer, isSpoken, LAYERS, resultTypeOf } from './layers.ts';

const require = createRequire(import.meta.url);

test('there are schemas for the layers of current and of older clients', () => {
  expect(LAYERS).toEqual([158, 198, 214, 220, 227, 228, 229]);
  for (const layer of LAYERS) expect(codecForLayer(layer).layer).toBe(layer);
});

test.each([
  [158, 'telegram-158/tl/AllTLObjects.js'],
  [198, 'telegram/tl/AllTLObjects.js'],
  [214, 'teleproto-214/tl/AllTLObjects.js'],
  [228, 'teleproto-228/tl/runtime/registry.js'],
  [229, 'teleproto-229/tl/runtime/registry.js'],
])('the schema of layer %i is that of its package', (layer, module) => {
  expect(readFileSync(require.resolve(module), 'utf8')).toContain(`LAYER = ${layer};`);
});

test('another layer is not spoken, not even by the nearest schema', () => {
  for (const layer of [0, -1, 1, 157, 199, 216, 230, 999]) {
    expect(isSpoken(layer)).toBe(false);
    expect(() => codecForLayer(layer)).toThrow(`does not speak layer ${layer}`);
  }
});

test('names and ids are the same in the schemas of different packages', () => {
  const [older, newer] = [codecForLayer(227), codecForLayer(228)];
  for (const name of [
    'messages.sendMessage',
    'users.getUsers',
    'inputPeerUser',
    'updateShortSentMessage',
    'account.password',
    'inputCheckPasswordSRP',
    'invokeWithLayer',
  ])
    expect([name, newer.idOf(name)]).toEqual([name, older.idOf(name)]);
  const check = { _: 'inputCheckPasswordSRP', srp_id: 1n, A: Buffer.from('a'), M1: Buffer.from('m') };
  expect(newer.encode(check, 'X')).toEqual(older.encode(check, 'X'));
});

test('what has another form in a layer is written in that form', () => {
  const text = { _: 'textWithEntities', text: 'Tea?', entities: [] };
  const answer = { _: 'pollAnswer', text, option: Buffer.from('0') };
  expect(decoded(158, answer)).toMatchObject({ text: 'Tea?' });
  expect(decoded(198, answer)).toMatchObject({ text });
  const video = { _: 'documentAttributeVideo', duration: 2.5, w: 1, h: 1 };
  expect(decoded(158, video)).toMatchObject({ duration: 3 });
  expect(decoded(214, video)).toMatchObject({ duration: 2.5 });
  const button = { _: 'keyboardButtonCallback', text: 'yes', data: Buffer.from('y') };
  const markup = { _: 'replyInlineMarkup', rows: [{ _: 'keyboardButtonRow', buttons: [button] }] };
  expect(decoded(228, markup)).toMatchObject({ rows: [{ buttons: [{ text: 'yes' }] }] });
  expect(decoded(229, markup)).toMatchObject({
    rows: [{ buttons: [{ text: 'yes', type: { _: 'inlineButtonTypeCallback', data: Buffer.from('y') } }] }],
  });
});

test('the result type of a method depends on the layer', () => {
  expect(resultTypeOf('users.getUsers', 198)).toBe('Vector<User>');
  expect(resultTypeOf('users.getNothing', 198)).toBeUndefined();
  expect(resultTypeOf('auth.initPasskeyLogin', 198)).toBeUndefined();
  expect(resultTypeOf('auth.initPasskeyLogin', 227)).toBe('auth.PasskeyLoginOptions');
});

function decoded(layer: number, object: Parameters<ReturnType<typeof codecForLayer>['encode']>[0]) {
  const codec = codecForLayer(layer);
  return codec.decode(codec.encode(object, 'X'));
}
