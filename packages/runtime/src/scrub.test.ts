import { expect, test } from 'vitest';
import { createScrub } from './scrub.ts';

const scrub = createScrub(['s3cret-key', 'with "quotes"', 'abc']);

test.each([
  ['to +79991234567!', 'to +7999•••67!'],
  ['key s3cret-key in the middle', 'key [redacted] in the middle'],
  [JSON.stringify({ a: 'with "quotes"' }), '{"a":"[redacted]"}'],
  ['redis://user:pass@host:6379 and socks5://u:p@h', 'redis://•••@host:6379 and socks5://•••@h'],
  [`session v1.2.${'A'.repeat(342)} and 1${'B'.repeat(352)}=`, 'session [redacted] and [redacted]'],
  [
    `Pyrogram's BAAA${'B'.repeat(352)}, a backup tgb1.${'C'.repeat(352)}`,
    "Pyrogram's [redacted], a backup [redacted]",
  ],
])('%j is %j', (line, scrubbed) => {
  expect(scrub(line)).toBe(scrubbed);
});

test.each([
  '{"time":1705312800000,"jobId":"01HZ0000000000000000000000.s0.dXNlcjE","at":"2024-01-15T12:00:00.000+03:00"}',
  'abc is too short to be a secret',
  'user 987654321 in chat -1001234567890',
  'http://127.0.0.1:3000/jobs/x@y',
])('%j is unchanged', (line) => {
  expect(scrub(line)).toBe(line);
});
