import type { ErrorCode, ErrorKind, ValidationIssue } from '@gateway/contracts';

/** Error codes that this client adds to the gateway's own. */
export type ClientErrorCode =
  /** An error status that did not come from the gateway but, for example, from a proxy. See `status`. */
  | 'HTTP_ERROR'
  /** A success status that did not come from the gateway: `baseUrl` points to another server. */
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
  /** The whole response body; `null` if it is not a JSON object. */
  body: Readonly<Record<string, unknown>> | null;
}

/** The gateway, or a proxy in front of it, answered with an error. */
export class GatewayApiError extends Error {
  /** HTTP status; 200 for an error that ends a stream. */
  readonly status: number;
  readonly code: ErrorCode | ClientErrorCode;
  /** Whether a retry helps, or what else does: see the gateway's list of errors. */
  readonly kind: ErrorKind;
  /** Identifies the request in the gateway's log; quote it to the operator. */
  readonly requestId: string | null;
  /** Seconds to wait before a retry. */
  readonly retryAfter: number | null;
  /** The job that failed, if any. */
  readonly jobId: string | null;
  /** Invalid fields of the request, each with the reason. */
  readonly issues: readonly ValidationIssue[];
  /** Telegram's own name of the error. */
  readonly rpcError: string | null;
  /** The whole response body. It may hold more fields, such as `hint` after a wrong password. */
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

/** No answer arrived, or only a part of one. The request may have taken effect anyway. */
export class GatewayConnectionError extends Error {
  /** True if no answer arrived within `timeoutMs`. */
  readonly timedOut: boolean;

  constructor(message: string, { timedOut = false, cause }: { timedOut?: boolean; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GatewayConnectionError';
    this.timedOut = timedOut;
  }
}

/** A job did not end within the wait. The job itself continues. */
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

/** Converts an error response, from the gateway or from a proxy, to an error. */
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

/** Converts the error that ends a stream of events. */
export function streamedErrorOf(body: Record<string, unknown>): GatewayApiError | GatewayConnectionError {
  if (!isGatewayError(body)) return new GatewayConnectionError('the stream ended with an unknown error');
  return gatewayErrorOf(body, { status: 200, requestId: null, retryAfter: null });
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

/** Builds the `NOT_A_GATEWAY` error for a success response that is not the gateway's. */
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

/** Accepts any code: a newer gateway may have codes that this client does not know. */
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

/** Parses `Retry-After` in seconds. The date form is ignored. */
function secondsOf(header: string | null): number | null {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : null;
}
