import {
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { asOwn } from './own-roots.ts';

let started = false;

/** Whether tracing is started. */
export function isTracing(): boolean {
  return started;
}

export interface TracingOptions {
  /** URL of a collector of OTLP over HTTP, without `/v1/traces`. */
  endpoint: string;
  /** The service that the traces name: `gateway-api` or `gateway-worker`. */
  service: string;
}

/**
 * Starts exporting spans and loads the libraries for it. @returns a function that sends the last spans and stops it.
 */
export async function startTracing({ endpoint, service }: TracingOptions): Promise<() => Promise<void>> {
  const { registerTraceProvider } = await import('./trace-provider.ts');
  const shutdown = registerTraceProvider(endpoint, service);
  started = true;
  return shutdown;
}

/** Ids and codes; never a text, a login code or a phone number. */
type Attributes = Readonly<Record<string, string | number>>;

/** Headers of a request (`traceparent`), or JSON of them from a job. */
type Parent = Readonly<Record<string, string>> | string;

export interface Traced {
  name: string;
  kind: 'server' | 'client' | 'consumer';
  attributes?: Attributes;
  /** The parent span. If absent or invalid: the current span, or none. */
  parent?: Parent | undefined;
}

/** A span while its work runs. */
export interface OpenSpan {
  rename(name: string): void;
  set(attributes: Attributes): void;
  fail(): void;
}

/** Runs a function in its own span. Free of cost if tracing is not started. */
export async function traced<T>(
  { name, kind, attributes = {}, parent }: Traced,
  work: (span: OpenSpan) => Promise<T>,
): Promise<T> {
  if (!started) return work(NO_SPAN);
  const options = { kind: KINDS[kind], attributes };
  return trace.getTracer('gateway').startActiveSpan(name, options, asOwn(contextOf(parent)), async (span) => {
    try {
      return await work(opened(span));
    } catch (error) {
      // Not the error's message, which may quote a user's text.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
      throw error;
    } finally {
      span.end();
    }
  });
}

const NO_SPAN: OpenSpan = { rename: () => {}, set: () => {}, fail: () => {} };

function opened(span: Span): OpenSpan {
  return {
    rename: (name) => void span.updateName(name),
    set: (attributes) => void span.setAttributes(attributes),
    fail: () => void span.setStatus({ code: SpanStatusCode.ERROR }),
  };
}

/** Records a span that is over, in ms since the epoch. */
export function tracePast(
  { name, kind, attributes = {}, parent }: Traced,
  { from, to }: { from: number; to: number },
): void {
  if (!started) return;
  const options = { kind: KINDS[kind], attributes, startTime: from };
  trace
    .getTracer('gateway')
    .startSpan(name, options, asOwn(contextOf(parent)))
    .end(to);
}

/** Runs a function in the trace of a job, or in none. Its log lines and spans belong to that trace. */
export async function inTraceOf<T>(parent: Parent | undefined, work: () => Promise<T>): Promise<T> {
  if (!started) return work();
  return context.with(parent === undefined ? ROOT_CONTEXT : contextOf(parent), work);
}

/** The ids of the current trace and span, for log lines. */
export function traceFields(): { traceId?: string; spanId?: string } {
  if (!started) return {};
  const current = trace.getActiveSpan()?.spanContext();
  if (current === undefined || !isSpanContextValid(current)) return {};
  const { traceId, spanId } = current;
  return { traceId, spanId };
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER };

function contextOf(parent: Parent | undefined): Context {
  if (parent === undefined) return context.active();
  if (typeof parent !== 'string') return propagation.extract(ROOT_CONTEXT, parent);
  try {
    const carrier: unknown = JSON.parse(parent);
    return propagation.extract(ROOT_CONTEXT, carrier);
  } catch {
    return context.active();
  }
}
