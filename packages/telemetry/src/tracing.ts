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

/** Whether spans go anywhere. */
export function isTracing(): boolean {
  return started;
}

export interface TracingOptions {
  /** OTLP over HTTP, without `/v1/traces`. */
  endpoint: string;
  /** `gateway-api`, `gateway-worker`. */
  service: string;
}

/** Sends spans from here on; the libraries for it are loaded only now. @returns what sends the last ones and ends it. */
export async function startTracing({ endpoint, service }: TracingOptions): Promise<() => Promise<void>> {
  const { registerTraceProvider } = await import('./trace-provider.ts');
  const shutdown = registerTraceProvider(endpoint, service);
  started = true;
  return shutdown;
}

export interface Traced {
  name: string;
  kind: 'server' | 'client' | 'consumer';
  /** Ids and codes; never a text, a code or a phone number. */
  attributes?: Readonly<Record<string, string | number>>;
  /**
   * What it goes on from: headers of a request (`traceparent`), or what a job carries (JSON of them). Absent or not understood: what is
   * under way here, or nothing.
   */
  parent?: Readonly<Record<string, string>> | string | undefined;
}

/** Does something within a span of its own. Where no tracing was started this costs nothing. */
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
      // Not its message: it may hold what somebody wrote.
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
