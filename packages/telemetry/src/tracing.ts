import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
} from '@opentelemetry/api';

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

export interface Traced {
  name: string;
  kind: 'server' | 'client' | 'consumer';
  /** Ids and codes; never a text, a login code or a phone number. */
  attributes?: Readonly<Record<string, string | number>>;
  /**
   * The parent span: headers of a request (`traceparent`), or JSON of them from a job. If absent or invalid: the
   * current span, or none.
   */
  parent?: Readonly<Record<string, string>> | string | undefined;
}

/** Runs a function in its own span. Free of cost if tracing is not started. */
export async function traced<T>(
  { name, kind, attributes = {}, parent }: Traced,
  work: () => Promise<T>,
): Promise<T> {
  if (!started) return work();
  const options = { kind: KINDS[kind], attributes };
  return trace.getTracer('gateway').startActiveSpan(name, options, contextOf(parent), async (span) => {
    try {
      return await work();
    } catch (error) {
      // Not the error's message, which may quote a user's text.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
      throw error;
    } finally {
      span.end();
    }
  });
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER };

function contextOf(parent: Traced['parent']): Context {
  if (parent === undefined) return context.active();
  if (typeof parent !== 'string') return propagation.extract(ROOT_CONTEXT, parent);
  try {
    const carrier: unknown = JSON.parse(parent);
    return propagation.extract(ROOT_CONTEXT, carrier);
  } catch {
    return context.active();
  }
}
