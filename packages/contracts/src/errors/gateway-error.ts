import * as z from 'zod';
import { ERROR_CODES, isErrorCode, type ErrorCode, type ErrorKind, type ErrorStatus } from './error-codes.ts';

export interface ValidationIssue {
  /** The field as a dotted path: `messages.0.text`; `body` for the body itself. */
  path: string;
  message: string;
}

export interface GatewayErrorDetails {
  /** Overrides the code's default kind for this one error. */
  kind?: ErrorKind | undefined;
  /** Telegram's name of the error, e.g. `PEER_ID_INVALID`. */
  rpcError?: string | undefined;
  /** Whole seconds, at least 1. */
  retryAfter?: number | undefined;
  jobId?: string | undefined;
  issues?: readonly ValidationIssue[] | undefined;
  /** More public fields of this error, e.g. `user` of ALREADY_AUTHORIZED or `hint` of PASSWORD_INVALID. */
  extra?: Readonly<Record<string, unknown>> | undefined;
  /** Logged, never shown to a caller. */
  cause?: unknown;
}

/** The error as callers and jobs see it: no cause, no stack, no secret. */
export const publicErrorSchema = z.object({
  /** Not an enumeration in the documents: clients must accept the codes of later versions. */
  code: z.string().meta({ id: 'ErrorCode', description: 'docs/errors.md lists them, with what to do' }),
  message: z.string(),
  kind: z.enum(['retryable', 'permanent', 'user_action', 'unknown_outcome']),
  retry_after: z.number().int().optional(),
  rpc_error: z.string().optional(),
  job_id: z.string().optional(),
  issues: z.array(z.object({ path: z.string(), message: z.string() }).meta({ id: 'Issue' })).optional(),
});

export type PublicError = z.infer<typeof publicErrorSchema>;

/**
 * The only error class of this product: a code of {@link ERROR_CODES}, a message for a person, and the details that a
 * caller may see. Foreign errors (GramJS, Redis, zod) are converted to it in one file each; `cause` keeps the original
 * for the log.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly details: Omit<GatewayErrorDetails, 'cause'>;

  constructor(
    code: ErrorCode,
    message: string = ERROR_CODES[code].message,
    details: GatewayErrorDetails = {},
  ) {
    const { cause, ...rest } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GatewayError';
    this.code = code;
    this.details = rest;
  }

  get status(): ErrorStatus {
    return ERROR_CODES[this.code].status;
  }

  get kind(): ErrorKind {
    return this.details.kind ?? ERROR_CODES[this.code].kind;
  }

  /** The fields that a caller may see. */
  toPublic(): PublicError & Record<string, unknown> {
    const { rpcError, retryAfter, jobId, issues, extra } = this.details;
    return {
      code: this.code,
      message: this.message,
      kind: this.kind,
      ...(retryAfter !== undefined && { retry_after: retryAfter }),
      ...(rpcError !== undefined && { rpc_error: rpcError }),
      ...(jobId !== undefined && { job_id: jobId }),
      ...(issues !== undefined && { issues: [...issues] }),
      ...extra,
    };
  }

  /** Copies the error with more details. */
  with(details: Omit<GatewayErrorDetails, 'cause'>): GatewayError {
    return new GatewayError(this.code, this.message, { ...this.details, ...details, cause: this.cause });
  }

  /**
   * Returns a `GatewayError` as it is. Converts anything else to `INTERNAL`, which hides the original message from
   * callers.
   */
  static from(thrown: unknown): GatewayError {
    if (thrown instanceof GatewayError) return thrown;
    return new GatewayError('INTERNAL', undefined, { cause: thrown });
  }

  /**
   * Restores the error from a failed job's stored reason ({@link toPublic} as JSON). Anything else becomes `INTERNAL`.
   */
  static fromPublicJson(json: string): GatewayError {
    const parsed = publicErrorSchema.loose().safeParse(parseJson(json));
    if (!parsed.success || !isErrorCode(parsed.data.code)) {
      return new GatewayError('INTERNAL', undefined, { cause: json });
    }
    const { code: _code, message, kind, retry_after, rpc_error, job_id, issues, ...extra } = parsed.data;
    const isUsual = ERROR_CODES[parsed.data.code].kind === kind;
    return new GatewayError(parsed.data.code, message, {
      ...(!isUsual && { kind }),
      retryAfter: retry_after,
      rpcError: rpc_error,
      jobId: job_id,
      issues,
      ...(Object.keys(extra).length > 0 && { extra }),
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
