import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stack } from '../env/stack.ts';

interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
}

let collector: Server;
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
});
afterAll(() => {
  collector.closeAllConnections();
  collector.close();
});

function spans(): Span[] {
  return posted.flatMap((body) =>
    JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: Span[] }[] }) =>
      resource.scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
}

test('OpenTelemetry: request, queue and call to Telegram are one trace, without message texts', async () => {
  const { port } = collector.address() as AddressInfo;
  await using stack = await Stack.start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  await stack.signIn('alice', '+9996627701');
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
  expect((await stack.api.send('alice', 'me', 'a secret text', { traceparent })).status).toBe(200);
  const ours = () => spans().filter((span) => span.traceId === traceId);
  await expect
    .poll(() => ours().map(({ name }) => name), { timeout: 15_000 })
    .toEqual(expect.arrayContaining(['POST /telegram/user/send', 'telegram.send']));
  const request = ours().find(({ name }) => name.startsWith('POST'));
  expect(request?.parentSpanId).toBe('b7ad6b7169203331');
  const ids = new Set(ours().map(({ spanId }) => spanId));
  expect(ids).toContain(ours().find(({ name }) => name === 'telegram.send')?.parentSpanId);
  expect(posted.join()).not.toMatch(/a secret text|9996627701/);
}, 90_000);
