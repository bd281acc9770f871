import type { ErrorCode, ErrorKind, ValidationIssue } from '@gateway/contracts';

/** Codes of this client's own, beside the gateway's. */
export type ClientErrorCode =
  /** An error that is not the gateway's: of a proxy before it, say. See `status`. */
  | 'HTTP_ERROR'
  /** A success that is not the gateway's: `baseUrl` leads elsewhere. */
  | 'NOT_A_GATEWAY';

export interface ApiErrorFields {
  status: number;
  code: ErrorCode | ClientErrorCode;
  kind: ErrorKind;
  message: string;
  requestId: string | null;
  /** Seconds. */
  retryAfter: number | null;
  jobId: string | null;
  issues: readonly ValidationIssue[];
  rpcError: string | null;
  /** The whole answer; `null` where it was no JSON object. */
  body: Readonly<Record<string, unknown>> | null;
}

/** The gateway answered, and refused. */
export class GatewayApiError extends Error {
  /** HTTP status. */
  readonly status: number;
  readonly code: ErrorCode | ClientErrorCode;
  /** Whether it helps to try again, or what else would: see the gateway's list of errors. */
  readonly kind: ErrorKind;
  /** Quote it to the gateway's operator. */
  readonly requestId: string | null;
  /** Seconds after which to try again. */
  readonly retryAfter: number | null;
  /** The job that has failed, where there is one. */
  readonly jobId: string | null;
  /** What is wrong with which field of the request. */
  readonly issues: readonly ValidationIssue[];
  /** Telegram's own name of the error. */
  readonly rpcError: string | null;
  /** All that the gateway said, such as `hint` of a wrong password. */
  readonly body: Readonly<Record<string, unknown>> | null;

  constructor({ message, ...fields }: ApiErrorFields) {
    super(message);
    this.name = 'GatewayApiError';
    this.status = fields.status;
    this.code = fields.code;
    this.kind = fields.kind;
    this.requestId = fields.requestId;
    this.retryAfter = fields.retryAfter;
    this.jobId = fields.jobId;
    this.issues = fields.issues;
    this.rpcError = fields.rpcError;
    this.body = fields.body;
  }
}

/** No answer came, or it broke off. What was asked for may have taken effect all the same. */
export class GatewayConnectionError extends Error {
  /** Nothing came for as long as was waited: `timeoutMs`. */
  readonly timedOut: boolean;

  constructor(message: string, { timedOut = false, cause }: { timedOut?: boolean; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GatewayConnectionError';
    this.timedOut = timedOut;
  }
}

/** A job did not end while it was waited for. It goes on. */
export class JobTimeoutError extends Error {
  readonly jobId: string;

  constructor(jobId: string, timeoutMs: number) {
    super(`job ${jobId} has not ended within ${timeoutMs} ms; it goes on`);
    this.name = 'JobTimeoutError';
    this.jobId = jobId;
  }
}

const KINDS: readonly string[] = [
  'retryable',
  'permanent',
  'user_action',
  'unknown_outcome',
] satisfies ErrorKind[];

/** The error that an answer stands for, whoever wrote it. */
export async function apiErrorOf(response: Response): Promise<GatewayApiError> {
  const { status, headers } = response;
  const body = objectOf(await response.text());
  const requestId = headers.get('x-request-id');
  const retryAfter = secondsOf(headers.get('retry-after'));
  if (body === null || !isGatewayError(body)) {
    return new GatewayApiError({
      status,
      code: 'HTTP_ERROR',
      kind: status === 502 || status === 504 ? 'unknown_outcome' : status >= 500 ? 'retryable' : 'permanent',
      message: `HTTP ${status}, and not from the gateway: is it a proxy's, or is baseUrl wrong?`,
      requestId,
      retryAfter,
      jobId: null,
      issues: [],
      rpcError: null,
      body,
    });
  }
  return gatewayErrorOf(body, { status, requestId, retryAfter });
}

function gatewayErrorOf(
  body: WrittenError,
  { status, requestId, retryAfter }: Pick<ApiErrorFields, 'status' | 'requestId' | 'retryAfter'>,
): GatewayApiError {
  return new GatewayApiError({
    status,
    code: body.code,
    kind: body.kind,
    message: body.message,
    requestId: stringOf(body['request_id']) ?? requestId,
    retryAfter: typeof body['retry_after'] === 'number' ? body['retry_after'] : retryAfter,
    jobId: stringOf(body['job_id']),
    issues: issuesOf(body['issues']),
    rpcError: stringOf(body['rpc_error']),
    body,
  });
}

/** `NOT_A_GATEWAY`: an answer that was well but none of the gateway's. */
export function notAGateway(response: Response, expected: string): GatewayApiError {
  return new GatewayApiError({
    status: response.status,
    code: 'NOT_A_GATEWAY',
    kind: 'permanent',
    message: `the answer is not ${expected}: does baseUrl lead to the gateway?`,
    requestId: response.headers.get('x-request-id'),
    retryAfter: null,
    jobId: null,
    issues: [],
    rpcError: null,
    body: null,
  });
}

export function objectOf(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type WrittenError = Record<string, unknown> & { code: ErrorCode; kind: ErrorKind; message: string };

/** A gateway that is newer than this client may have codes that it does not know: they are let through. */
function isGatewayError(body: Record<string, unknown>): body is WrittenError {
  const { status, code, kind, message } = body;
  const isKind = typeof kind === 'string' && KINDS.includes(kind);
  return status === 'error' && typeof code === 'string' && typeof message === 'string' && isKind;
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function issuesOf(value: unknown): ValidationIssue[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (issue: unknown): issue is ValidationIssue =>
      isObject(issue) && typeof issue['path'] === 'string' && typeof issue['message'] === 'string',
  );
}

/** `Retry-After` as seconds; as a date it is not read. */
function secondsOf(header: string | null): number | null {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : null;
}
