import { GatewayApiError, GatewayConnectionError, JobTimeoutError } from '@gateway/client';

/** The exit codes of the process. */
export const EXIT = { ok: 0, refused: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command line, or a file that it names, is invalid. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The person pressed Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor() {
    super('Interrupted.');
  }
}

export interface Failure {
  exitCode: ExitCode;
  /** A short code in capitals. */
  code: string;
  message: string;
  /** What to do about it, one line each. */
  advice: readonly string[];
}

/** What the user can do about a gateway error code, in terms of this program's commands. */
const ADVICE: Readonly<Record<string, string>> = {
  UNAUTHORIZED: 'Set GATEWAY_API_KEY in the environment to one of the keys in the gateway’s API_KEYS.',
  FORBIDDEN: 'Use a key (GATEWAY_API_KEY) with access to this account.',
  NOT_AUTHORIZED: 'Sign in first: telegram-gateway login <user_id>',
  ALREADY_AUTHORIZED: 'No action is needed; for another account: telegram-gateway logout <user_id>',
  AUTH_NOT_STARTED: 'Start again: telegram-gateway login <user_id>',
  PHONE_CODE_EXPIRED: 'Start again: telegram-gateway login <user_id>',
  PEER_FLOOD: 'Ask @SpamBot in an official app; then: telegram-gateway resume <user_id>',
  ACCOUNT_FROZEN: 'Appeal in an official app; then: telegram-gateway resume <user_id>',
  IDEMPOTENCY_MISMATCH: 'Another message was sent with this key: use a new one.',
  WORKER_UNAVAILABLE: 'Check that a worker runs; `npm start` runs API and worker.',
  QUEUE_UNAVAILABLE: 'Check that the gateway’s Redis runs; try again in a moment.',
  INTERNAL: 'Search the gateway’s log for the request id.',
  HTTP_ERROR: 'Check GATEWAY_URL, and proxies on the way to it.',
  NOT_A_GATEWAY: 'Check GATEWAY_URL: it leads to another server.',
};

const UNREACHED: ReadonlySet<string> = new Set(['HTTP_ERROR', 'NOT_A_GATEWAY']);

/** @param url the gateway's address, as given. */
export function failureOf(error: unknown, url: string): Failure {
  if (error instanceof UsageError)
    return { exitCode: EXIT.usage, code: 'USAGE', message: error.message, advice: [] };
  if (error instanceof Interrupted)
    return { exitCode: EXIT.interrupted, code: 'INTERRUPTED', message: error.message, advice: [] };
  if (error instanceof JobTimeoutError)
    return {
      exitCode: EXIT.refused,
      code: 'TIMEOUT',
      message: `The job has not ended and continues. To wait: telegram-gateway jobs wait ${error.jobId}`,
      advice: [],
    };
  if (error instanceof GatewayConnectionError)
    return {
      exitCode: EXIT.unreachable,
      code: 'UNREACHABLE',
      message: `${error.message}.`,
      advice: [`Is the gateway running at ${url}? Start it (npm start), or set GATEWAY_URL or --url.`],
    };
  if (error instanceof GatewayApiError) return failureOfRefusal(error);
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: EXIT.refused, code: 'FAILED', message, advice: [] };
}

function failureOfRefusal(error: GatewayApiError): Failure {
  const { code, message, kind, issues, rpcError, retryAfter, jobId, requestId } = error;
  const [first] = issues;
  const isSaid = issues.length === 1 && first !== undefined && message.includes(first.message);
  const lines = isSaid ? [] : issues.map(({ path, message: wrong }) => `${path || 'body'}: ${wrong}`);
  const advice = [
    ...lines,
    ...(rpcError === null ? [] : [`Telegram says ${rpcError}.`]),
    ...(retryAfter === null ? [] : [`Try again in ${retryAfter} s.`]),
    ...(kind === 'unknown_outcome' ? ['It may have taken effect: check before you try again.'] : []),
    ...(ADVICE[code] === undefined ? [] : [ADVICE[code]]),
    ...(jobId === null ? [] : [`Job: ${jobId}`]),
    ...(requestId === null ? [] : [`Request id: ${requestId}`]),
  ];
  return { exitCode: UNREACHED.has(code) ? EXIT.unreachable : EXIT.refused, code, message, advice };
}

/** Describes a job's own error in one line. */
export function errorLine(error: { code: string; message: string; rpc_error?: string | undefined }): string {
  const { code, message, rpc_error } = error;
  return `${code}: ${message}${rpc_error === undefined ? '' : ` (${rpc_error})`}`;
}
