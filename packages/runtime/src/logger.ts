import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { createScrub } from './scrub.ts';

export type { Logger } from 'pino';

/**
 * Names that never belong in a log line, wherever they stand in it: a last line of defence behind not logging them at all.
 * Phone numbers count among them.
 */
const SECRET_FIELDS = [
  'password',
  'phone_code',
  'phoneCode',
  'phone_number',
  'phoneNumber',
  'phone_code_hash',
  'phoneCodeHash',
  'session',
  'apiHash',
  'authorization',
  'text',
];

/**
 * What a log line keeps of an error. Not its other fields: ioredis puts a command's arguments there, and with them a message's text.
 */
function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error ? error.code : undefined;
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message,
    ...(typeof code === 'string' && { code }),
    stack,
    ...(cause !== undefined && depth < 3 && { cause: describeError(cause, depth + 1) }),
  };
}

const redactedPaths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

export interface LoggerOptions {
  /** Which process speaks: `api`, `worker`… */
  name: string;
  level: string;
  format: 'json' | 'pretty';
  /** Values that must not stand in a line, wherever they come from. */
  secrets?: readonly string[];
  /** Where the lines go; standard output by default. */
  destination?: NodeJS.WritableStream;
}

/** A structured logger on standard output: a JSON object a line, or lines for a person at a terminal. */
export function createLogger({
  name,
  level,
  format,
  secrets = [],
  destination = process.stdout,
}: LoggerOptions): Logger {
  const options = {
    name,
    level,
    redact: { paths: redactedPaths, censor: '[redacted]' },
    hooks: { streamWrite: createScrub(secrets) },
    serializers: { err: (error: unknown) => describeError(error) },
  };
  if (format === 'json') return pino({ ...options, base: { name } }, destination);
  const stream = pretty({
    destination,
    sync: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,name',
    messageFormat: '{name}: {msg}',
    singleLine: true,
  });
  return pino({ ...options, base: { name } }, stream);
}

/** Says nothing: for tests. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
