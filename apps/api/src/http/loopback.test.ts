import { parseSettings, SettingsError } from '@gateway/runtime';
import { expect, test } from 'vitest';
import { refuseOpenHostWithoutKeys } from './loopback.ts';

test.each(['127.0.0.1', '127.3.2.1', 'localhost', '::1', '[::1]'])('HOST %s needs no keys', (HOST) => {
  expect(() => refuseOpenHostWithoutKeys({ HOST, API_KEYS: [] })).not.toThrow();
});

test.each(['0.0.0.0', '::', '192.168.1.2', 'gateway.example.org', '127.0.0.1.example.org', 'not a host'])(
  'HOST %s without keys is refused in one line that says what to set',
  (HOST) => {
    const start = () => refuseOpenHostWithoutKeys({ HOST, API_KEYS: [] });
    expect(start).toThrow(SettingsError);
    expect(start).toThrow(/^HOST is .*API_KEYS is not set.*set API_KEYS=.*$/);
  },
);

test('with keys any HOST will do', () => {
  expect(() =>
    refuseOpenHostWithoutKeys({ HOST: '0.0.0.0', API_KEYS: parseSettings({ API_KEYS: 'k' }).API_KEYS }),
  ).not.toThrow();
});
