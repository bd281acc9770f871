import { createHmac } from 'node:crypto';
import { request } from 'undici';
import { connectionFault } from './connection-fault.ts';
import { createDialer, ForbiddenAddressError, type Resolve } from './dial.ts';

export interface WebhookSenderOptions {
  /** The key for signing bodies; without it, webhooks that bring no key of their own carry no signature. */
  secret: string | undefined;
  /** Allows loopback and private addresses too. */
  allowPrivate: boolean;
  /** Time limits in ms: for connecting, and for the whole request. */
  connectTimeoutMs?: number;
  timeoutMs?: number;
  /** Default: the system's resolver. */
  resolve?: Resolve;
}

interface Webhook {
  /** The same for each attempt. */
  id: string;
  url: string;
  body: string;
  /** From 1. */
  attempt: number;
  /** The key of `X-Signature-V2` for this one. Default: the sender's. */
  secret?: string;
  /** Further headers. */
  headers?: Readonly<Record<string, string>>;
}

/** The result of an attempt. */
export interface WebhookOutcome {
  /** `null`: no answer. */
  status: number | null;
  /** Why it failed; `null`: the receiver accepted it. */
  error: string | null;
  /** Another attempt is useless. */
  final: boolean;
  /** ms to wait before the next attempt, as the receiver asks. */
  retryAfterMs: number | null;
  ms: number;
}

export interface WebhookSender {
  /** Never throws. */
  send(webhook: Webhook): Promise<WebhookOutcome>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const TIMEOUT_MS = 15_000;

/** Bytes of an answer that are read and dropped, so that the receiver can complete it. */
const MAX_ANSWER = 64 * 1024;

const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Posts JSON to receivers. Only 2xx is success; redirects are not followed. `X-Webhook-Id` is the same for each
 * attempt, so a receiver can drop repeats.
 *
 * `X-Signature-V2: t=<time>,sha256=<hex>` is the HMAC of the time of this attempt, a dot and the body, so a receiver
 * can refuse old requests. With the sender's own key there is also `X-Signature: sha256=<hex>`, the HMAC of the body
 * alone.
 */
export function createWebhookSender({
  secret,
  allowPrivate,
  connectTimeoutMs = CONNECT_TIMEOUT_MS,
  timeoutMs = TIMEOUT_MS,
  resolve,
}: WebhookSenderOptions): WebhookSender {
  const dispatcher = createDialer({ allowPrivate, connectTimeoutMs, resolve });
  return {
    close: () => dispatcher.destroy(),
    send: async ({ id, url, body, attempt, secret: own, headers = {} }) => {
      const begun = performance.now();
      const timestamp = Math.floor(Date.now() / 1_000);
      const key = own ?? secret;
      const since = () => Math.round(performance.now() - begun);
      try {
        const { target, authorization } = split(url);
        const answer = await request(target, {
          dispatcher,
          method: 'POST',
          signal: AbortSignal.timeout(timeoutMs),
          headers: {
            'content-type': 'application/json',
            'user-agent': 'unofficial-telegram-user-gateway',
            'x-webhook-id': id,
            'x-webhook-attempt': String(attempt),
            'x-timestamp': String(timestamp),
            ...headers,
            ...(authorization !== null && { authorization }),
            ...(own === undefined &&
              secret !== undefined && { 'x-signature': `sha256=${hmacOf(body, secret)}` }),
            ...(key !== undefined && {
              'x-signature-v2': `t=${timestamp},sha256=${hmacOf(`${timestamp}.${body}`, key)}`,
            }),
          },
          body,
        });
        await answer.body.dump({ limit: MAX_ANSWER }).catch(() => {});
        const { statusCode: status } = answer;
        const taken = status >= 200 && status < 300;
        return {
          status,
          error: taken ? null : `the receiver answered ${status}`,
          final: status === 410,
          retryAfterMs: retryAfterOf(answer.headers['retry-after']),
          ms: since(),
        };
      } catch (thrown) {
        const final = thrown instanceof ForbiddenAddressError;
        return { status: null, error: reasonOf(thrown, timeoutMs), final, retryAfterMs: null, ms: since() };
      }
    },
  };
}

function hmacOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** Moves user and password of a URL to a header. */
function split(url: string): { target: URL; authorization: string | null } {
  const target = new URL(url);
  const { username, password } = target;
  target.username = '';
  target.password = '';
  target.hash = '';
  if (username === '' && password === '') return { target, authorization: null };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { target, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function retryAfterOf(header: string | string[] | undefined): number | null {
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1_000, MAX_RETRY_AFTER_MS) : null;
}

function reasonOf(thrown: unknown, timeoutMs: number): string {
  if (!(thrown instanceof Error)) return 'not reachable';
  if (thrown.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const { code } = { code: undefined, ...('code' in thrown && { code: thrown.code }) };
  if (thrown instanceof ForbiddenAddressError)
    return `${thrown.message}: webhooks are not sent there unless WEBHOOK_ALLOW_PRIVATE is true`;
  return `not reachable: ${typeof code === 'string' ? connectionFault(code) : thrown.message}`;
}
