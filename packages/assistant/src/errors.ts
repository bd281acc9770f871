import { GatewayError, type GatewayErrorDetails } from '@gateway/contracts';
import { at, stringOf } from './values.ts';

/** Characters that are shown of the endpoint's own message. */
const MAX_MESSAGE = 500;
const DAY_S = 86_400;

/** The error in a value of the stream; `null`: none. Gemini wraps its errors in a list. */
export function errorIn(value: unknown): unknown {
  if (!Array.isArray(value)) return errorInObject(value);
  return value.map((each: unknown) => errorInObject(each)).find((error) => error !== null) ?? null;
}

function errorInObject(value: unknown): unknown {
  const error = at(value, 'error');
  if (isPresent(error)) return error;
  // vLLM and Anthropic: the value itself is the error.
  if (at(value, 'object') === 'error' || at(value, 'type') === 'error') return value;
  const ofGroq = at(at(value, 'x_groq'), 'error');
  if (isPresent(ofGroq)) return ofGroq;
  const choices = at(value, 'choices');
  const ofChoice = at(at(choices, 0), 'error');
  // OpenRouter: inside the choice.
  if (isPresent(ofChoice)) return ofChoice;
  // FastAPI.
  const detail = at(value, 'detail');
  return choices === undefined && isPresent(detail) ? detail : null;
}

/** Many chunks have an `error` that is null or empty. */
function isPresent(error: unknown): boolean {
  if (typeof error === 'string') return error !== '';
  return typeof error === 'object' && error !== null && Object.keys(error).length > 0;
}

/** An error that the endpoint reported after status 200. */
export function errorOf(reported: unknown): GatewayError {
  return errorOfStatus(statusOf(reported), reported, null);
}

/** @param retryAfter seconds to wait before the next request, as the endpoint asks. */
export function errorOfStatus(
  status: number | null,
  reported: unknown,
  retryAfter: number | null,
): GatewayError {
  const said = messageOf(reported);
  const wait = retryAfter ?? retryDelayOf(reported);
  const details: GatewayErrorDetails = {
    ...(said !== '' && { cause: new Error(said) }),
    ...(wait !== null && { retryAfter: wait }),
  };
  const itSaid = said === '' ? '' : ` It said: ${said}`;
  const http = status === null ? '' : ` (${status})`;
  if (status === 429 && !isOutOfCredit(reported))
    return new GatewayError(
      'ASSISTANT_RATE_LIMITED',
      `Too many requests to the assistant.${itSaid}`,
      details,
    );
  if (status === 408 || status === 409 || status === null || status >= 500)
    return new GatewayError('ASSISTANT_UNAVAILABLE', `The assistant failed${http}.${itSaid}`, details);
  return new GatewayError('ASSISTANT_REFUSED', `${refusalOf(status)}${http}.${itSaid}`, details);
}

function refusalOf(status: number): string {
  switch (status) {
    case 401:
      return 'The assistant refused the API key: check ASSISTANT_API_KEY';
    case 402:
    case 429:
      return 'The account at the assistant is out of credit';
    case 403:
      return 'The API key lacks permission: check ASSISTANT_API_KEY and the model';
    case 404:
    case 405:
      return 'No assistant was found at this address: check ASSISTANT_BASE_URL and the model';
    case 413:
      return 'The request is too long for the assistant';
    default:
      return 'The assistant refused the request';
  }
}

/** The endpoint's own message: `error.message` or another common field, a few levels deep at most. */
function messageOf(reported: unknown, levels = 4): string {
  if (typeof reported === 'string') return shortened(reported);
  if (levels === 0) return '';
  if (Array.isArray(reported)) return messageOf(reported[0], levels - 1);
  const said = ['error', 'message', 'detail', 'msg'].map((name) => at(reported, name)).find(isPresent);
  if (said !== undefined) return messageOf(said, levels - 1);
  return stringOf(at(reported, 'type')) || stringOf(at(reported, 'code'));
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)}…` : line;
}

/** The HTTP status that an error names or that its text implies. */
function statusOf(reported: unknown): number | null {
  for (const key of ['status', 'status_code', 'code', 'http_code']) {
    const status = Number(at(reported, key));
    if (status >= 400 && status < 600) return status;
  }
  const words = ['code', 'type', 'status'].map((key) => stringOf(at(reported, key))).join(' ');
  return STATUS_WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

const STATUS_WORDS: readonly (readonly [RegExp, number])[] = [
  [/insufficient_quota|billing|payment/i, 402],
  [/rate_?limit|too_many_requests|resource_exhausted/i, 429],
  [/invalid_api_key|authentication|unauthorized/i, 401],
  [/permission/i, 403],
  [/not_?found/i, 404],
  [/invalid_request|context_length|bad_?request|invalid_argument/i, 400],
];

/** OpenAI also answers 429 if the account has no credit left. Waiting does not help then. */
function isOutOfCredit(reported: unknown): boolean {
  const error = errorIn(reported) ?? reported;
  return ['code', 'type'].some((key) => at(error, key) === 'insufficient_quota');
}

/** `Retry-After` as seconds or as a date, or `retry-after-ms`; whole seconds, at least 1. */
export function retryAfterOf(headers: Pick<Headers, 'get'>, now = Date.now()): number | null {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  const after = headers.get('retry-after') ?? '';
  const seconds =
    ms > 0 ? ms / 1_000 : /^\s*[\d.]+\s*$/.test(after) ? Number(after) : (Date.parse(after) - now) / 1_000;
  return wholeSeconds(seconds);
}

/** Gemini: `{"@type":"…RetryInfo","retryDelay":"26s"}` in the details. */
function retryDelayOf(reported: unknown): number | null {
  const details = at(errorIn(reported) ?? reported, 'details');
  if (!Array.isArray(details)) return null;
  const delay = details.map((each: unknown) => /^([\d.]+)s$/.exec(stringOf(at(each, 'retryDelay')))?.[1]);
  return wholeSeconds(Number(delay.find((each) => each !== undefined)));
}

function wholeSeconds(seconds: number): number | null {
  return seconds > 0 && seconds < DAY_S ? Math.max(1, Math.ceil(seconds)) : null;
}

/** Translates any error of a request to the endpoint. The message never shows the key. */
export function toAssistantError(thrown: unknown, apiKey: string | undefined): GatewayError {
  const error = thrown instanceof GatewayError ? thrown : connectionError(thrown);
  const cause = causeOf(error.cause);
  return new GatewayError(error.code, hidden(error.message, apiKey), {
    ...error.details,
    ...(cause !== '' && { cause: new Error(hidden(cause, apiKey)) }),
  });
}

/**
 * @param thrown an error of `fetch`. Its cause has the system's error code, such as ECONNREFUSED, ENOTFOUND or one for
 * a certificate.
 */
function connectionError(thrown: unknown): GatewayError {
  const code = stringOf(at(at(thrown, 'cause'), 'code'));
  const message =
    code === '' ? undefined : `The assistant could not be reached, or closed the connection (${code}).`;
  return new GatewayError('ASSISTANT_UNAVAILABLE', message, { cause: thrown });
}

/** The cause says more than `fetch failed`. */
function causeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const inner = cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return `${cause.message}${inner}`;
}

function hidden(text: string, apiKey: string | undefined): string {
  const shown = apiKey === undefined ? text : text.replaceAll(apiKey, '…');
  // OpenAI's errors show both ends of the key.
  return shown.replaceAll(/\bsk-[\w*-]{4,}/g, 'sk-…');
}
