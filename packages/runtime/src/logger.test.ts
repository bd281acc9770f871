import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const destination = new PassThrough();
  write(
    createLogger({ name: 'test', level: 'trace', format: 'json', secrets: ['the-api-key'], destination }),
  );
  return String(destination.read());
}

test('an error is logged with its name, message, code, stack and causes, and without its other fields', () => {
  const cause = Object.assign(new Error('WRONGTYPE'), {
    command: { name: 'hset', args: ['what somebody wrote'] },
  });
  const line = logged((logger) => logger.error({ err: new TypeError('outer', { cause }) }, 'went wrong'));
  expect(JSON.parse(line).err).toEqual({
    type: 'TypeError',
    message: 'outer',
    stack: expect.stringContaining('outer'),
    cause: { type: 'Error', message: 'WRONGTYPE', stack: expect.any(String) },
  });
  expect(line).not.toContain('what somebody wrote');
});

test('a thrown value that is not an error is not shown', () => {
  expect(JSON.parse(logged((logger) => logger.error({ err: 'a secret' }, 'odd'))).err).toEqual({
    type: 'string',
  });
});

test.each(['password', 'phone_code', 'phoneNumber', 'session', 'text'])(
  'a field %s is redacted at any depth',
  (field) => {
    const line = logged((logger) =>
      logger.info({ [field]: 'secret', a: { [field]: 'secret', b: { [field]: 'secret' } } }, 'x'),
    );
    expect(line).not.toContain('secret');
    expect(line).toContain('[redacted]');
  },
);

test('secrets and phone numbers are removed everywhere, even in an error’s message', () => {
  const line = logged((logger) =>
    logger.error(
      { err: new Error('refused the-api-key for +79991234567'), note: ['the-api-key'] },
      'to +79991234567',
    ),
  );
  expect(line).not.toMatch(/the-api-key|9991234/);
  expect(JSON.parse(line)).toMatchObject({ msg: 'to +7999•••67', note: ['[redacted]'] });
});
