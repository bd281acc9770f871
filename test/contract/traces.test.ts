import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

/** A span in OTLP's JSON. */
interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
  status: { code?: number };
}

/** `SPAN_STATUS_CODE_ERROR` */
const ERROR = 2;

describe('OpenTelemetry', () => {
  let collector: Server;
  let stack: Stack;
  const posted: string[] = [];
  beforeAll(async () => {
    collector = createServer((request, response) => {
      void text(request).then((body) => {
        posted.push(body);
        response.end('{}');
      });
    });
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const { port } = collector.address() as AddressInfo;
    stack = await Stack.start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    await stack.signIn('alice', '+9996627701');
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
    collector.closeAllConnections();
    collector.close();
  });

  const spans = (): Span[] =>
    posted.flatMap((body) =>
      JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: Span[] }[] }) =>
        resource.scopeSpans.flatMap((scope) => scope.spans),
      ),
    );
  const spansOf = (traceId: string) => spans().filter((span) => span.traceId === traceId);
  /** Waits for spans of these names: they are sent every five seconds. */
  const arrived = async (traceId: string, ...names: string[]) => {
    await expect
      .poll(() => spansOf(traceId).map(({ name }) => name), { timeout: 15_000 })
      .toEqual(expect.arrayContaining(names));
    return (name: string) => spansOf(traceId).find((span) => span.name === name) as Span;
  };
  const attributesOf = ({ attributes }: Span) =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));
  const logLines = (traceId: string) =>
    [stack.apiProcess, stack.worker].map(({ output }) =>
      output
        .split('\n')
        .filter((line) => line.includes(traceId))
        .map((line) => JSON.parse(line).msg),
    );

  test('request, wait in the queue and call to Telegram are one trace, also in the log, without texts', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const answer = await stack.api.send('alice', 'me', 'a secret text', { traceparent });
    const find = await arrived(traceId, 'POST /telegram/user/send', 'queue.wait', 'telegram.send');
    const request = find('POST /telegram/user/send');
    expect(request.parentSpanId).toBe('b7ad6b7169203331');
    expect(attributesOf(request)).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/telegram/user/send',
      'http.response.status_code': 200,
      userId: 'alice',
      jobId: answer.body.job_id,
    });
    const ids = new Set(spansOf(traceId).map(({ spanId }) => spanId));
    const [wait, call] = [find('queue.wait'), find('telegram.send')];
    for (const span of [wait, call]) {
      expect(ids).toContain(span.parentSpanId);
      expect(attributesOf(span)).toMatchObject({ jobId: answer.body.job_id, userId: 'alice' });
    }
    const [accepted, begun, called] = [
      wait.startTimeUnixNano,
      wait.endTimeUnixNano,
      call.startTimeUnixNano,
    ].map(BigInt) as [bigint, bigint, bigint];
    expect(accepted <= begun && begun <= called + 1_000_000n).toBe(true);
    expect(logLines(traceId)).toEqual([['request'], ['sent']]);
    expect(posted.join()).not.toMatch(/a secret text|9996627701/);
  });

  test('a request that fails says so', async () => {
    const traceId = '1af7651916cd43dd8448eb211c80319c';
    await stack.api.get('/jobs/none', { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    const find = await arrived(traceId, 'GET /jobs/:job_id');
    expect(attributesOf(find('GET /jobs/:job_id'))['http.response.status_code']).toBe(404);
    await stack.redis.stop();
    const failed = '2af7651916cd43dd8448eb211c80319c';
    await stack.api.get('/telegram/user/status/alice', {
      traceparent: `00-${failed}-b7ad6b7169203331-01`,
    });
    await stack.redis.resume();
    const route = 'GET /telegram/user/status/:user_id{.+}';
    expect((await arrived(failed, route))(route).status.code).toBe(ERROR);
  });

  test('health checks, scrapes and the work of the queues themselves are no traces', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect((await fetch(`${stack.api.url}${path}`)).status).toBe(200);
    const traceId = '3af7651916cd43dd8448eb211c80319c';
    await stack.api.get('/jobs/none', { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    await arrived(traceId, 'GET /jobs/:job_id');
    const roots = spans().filter(({ parentSpanId = '' }) => parentSpanId === '');
    expect(roots.map(({ name }) => name)).toEqual(expect.arrayContaining(['POST /telegram/user/auth/start']));
    for (const { name } of roots) expect(name).toMatch(/^(GET|POST) \/telegram\/user\//);
  });
});
