import { expect, test } from 'vitest';
import { redactNested } from './redact.ts';

test('a line without nested values is unchanged', () => {
  const line = { method: 'POST', ms: 3, hungUp: true, code: null, rpcError: undefined };
  expect(redactNested(line)).toBe(line);
});

test('nested objects and lists are redacted in a copy', () => {
  const at = new Date(0);
  const error = new Error('x');
  const line = {
    a: { text: 'secret', b: { text: 'secret', c: 1 } },
    list: [{ password: 'secret' }, 2],
    at,
    error,
  };
  const before = structuredClone(line);
  expect(redactNested(line)).toEqual({
    a: { text: '[redacted]', b: { text: '[redacted]', c: 1 } },
    list: [{ password: '[redacted]' }, 2],
    at,
    error,
  });
  expect(line).toEqual(before);
});
