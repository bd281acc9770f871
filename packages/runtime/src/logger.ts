import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { redactingSerializers, redactNested } from './redact.ts';
import { createScrub } from './scrub.ts';

export type { Logger } from 'pino';

/**
 * The fields of an error that a log line keeps. Other fields are left out: ioredis puts a command's arguments there,
 * and with them a message's text.
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

export interface LoggerOptions {
  /** Name of the process: `api`, `worker`… */
  name: string;
  level: string;
  format: 'json' | 'pretty';
  /** Values that must not appear in a line, whatever their source. */
  secrets?: readonly string[];
  /** Fields that each line gets when it is written. */
  fields?: () => object;
  /** By default standard output, written asynchronously: `logger.flush()` waits for the last lines. */
  destination?: NodeJS.WritableStream;
}

/**
 * Standard output. Writing never blocks the event loop: a worker that waits for a slow reader of its log would lose its
 * leases. The lines of one turn of the event loop are one write: one for each line takes 5 % of a busy worker's CPU.
 */
function standardOutput(): DestinationStream & { flush: (done: () => void) => void } {
  // With a `minLength` of 0, `flush()` would not wait.
  const output = pino.destination({ fd: 1, sync: false, minLength: 1 });
  let lines = '';
  const write = () => {
    if (lines !== '') output.write(lines);
    lines = '';
  };
  process.once('exit', write);
  return {
    write: (line) => {
      if (lines === '') setImmediate(write);
      lines += line;
    },
    flush: (done) => {
      write();
      output.flush(done);
    },
  };
}

/** A structured logger on standard output: one JSON object per line, or readable lines for a terminal. */
export function createLogger({
  name,
  level,
  format,
  secrets = [],
  fields,
  destination,
}: LoggerOptions): Logger {
  const options = {
    name,
    level,
    hooks: { streamWrite: createScrub(secrets) },
    serializers: { ...redactingSerializers, err: (error: unknown) => describeError(error) },
    formatters: { log: redactNested },
    ...(fields && { mixin: fields }),
  };
  if (format === 'json') return pino({ ...options, base: { name } }, destination ?? standardOutput());
  const stream = pretty({
    destination: destination ?? process.stdout,
    sync: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,name',
    messageFormat: '{name}: {msg}',
    singleLine: true,
  });
  return pino({ ...options, base: { name } }, stream);
}

/** Logs nothing: for tests. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
