import { GatewayClient } from '@gateway/client';
import type { Locale } from '@gateway/texts';
import { UsageError, type ExitCode } from './failure.ts';
import type { Io } from './io.ts';
import { sayIn, type Say } from './language.ts';
import { Output } from './output.ts';

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Options of every command. */
export interface CommonOptions {
  json?: boolean;
  url?: string;
}

/** What a command needs to run. */
export interface CommandContext {
  /** Gives up soon, because a person waits at the terminal. */
  client: GatewayClient;
  /**
   * For long operations after the gateway has been reached: retries through a restart of the gateway, for about a
   * minute.
   */
  patientClient: GatewayClient;
  /** The gateway's address. */
  url: string;
  io: Io;
  out: Output;
  /** Writes a sentence in the person's language. */
  say: Say;
}

/** The gateway's address, without a name and password in it, so that it is safe to display. */
export function addressOf(io: Pick<Io, 'env'>, { url: option }: CommonOptions): string {
  const given = option ?? (io.env['GATEWAY_URL'] || DEFAULT_URL);
  if (!URL.canParse(given)) return given;
  const url = new URL(given);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/$/, '');
}

/** @throws {UsageError} */
export function createContext(io: Io, options: CommonOptions, language: Locale): CommandContext {
  const url = addressOf(io, options);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`GATEWAY_URL (or --url) must be an http:// or https:// address, not ${url}`);
  const apiKey = io.env['GATEWAY_API_KEY'] || undefined;
  // Checked here because the HTTP library's own error message reveals the key.
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey))
    throw new UsageError(
      'GATEWAY_API_KEY holds what no key does: look for a space, a quote or a line end in it.',
    );
  const json = options.json === true;
  // Scripts read JSON, whatever the language of the terminal.
  const shown = json ? 'en' : language;
  const common = { baseUrl: url, apiKey, language: shown };
  return {
    client: new GatewayClient({ ...common, retries: 2, backoffMs: 300 }),
    patientClient: new GatewayClient({ ...common, retries: 8, backoffMs: 500 }),
    url,
    io,
    out: new Output(io, json, shown),
    say: sayIn(shown),
  };
}

/** Runs a command. `options` are the options that every command has. */
export type Runner = (
  options: CommonOptions,
  command: (context: CommandContext) => Promise<ExitCode>,
) => Promise<void>;
