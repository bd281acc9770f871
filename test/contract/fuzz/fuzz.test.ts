import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stack } from '../../env/stack.ts';
import { operationsOf, type Operation } from './operations.ts';
import { requestsOf, type FuzzRequest, type Known } from './requests.ts';

/** For more or other requests: `FUZZ_REQUESTS=100000 FUZZ_SEED=7 npm test -- fuzz`. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 10_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_240_115);
const AT_ONCE = 16;

/** Bytes by which a process may grow after the first quarter of the run, because of uncollected garbage. */
const GROWTH = 96 * 1024 * 1024;

/** Statuses with which middleware answers any operation. */
const EVERYWHERE = [400, 404, 405];

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

describe('for any request', () => {
  let stack: Stack;
  let known: Known;
  let operations: Operation[];
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  beforeAll(async () => {
    stack = await Stack.start({ LOG_LEVEL: 'warn' });
    const alice = await stack.signIn('alice', '+9996628001');
    await stack.signIn('short-lived', '+9996628003');
    const sent = await stack.api.send('alice', 'me', 'a job to ask for');
    await stack.control.write({ from: alice, to: alice, media: { type: 'document', size: 1_000 } });
    const { body } = await stack.api.get('/telegram/accounts/alice/chats/me/messages?limit=1');
    const hook = { url: 'http://127.0.0.1:1/', user_ids: ['alice'], events: ['message.new'] };
    const webhook = await stack.api.post('/webhooks', hook);
    known = {
      userIds: ['alice', 'short-lived', 'nobody', 'ALICE', 'a'.repeat(64)],
      mayEnd: ['short-lived', 'nobody', 'ALICE', 'a'.repeat(64)],
      recipients: ['me', '+9996628001', '@nobody', 12345, -1001234567890],
      jobIds: [sent.body.job_id],
      webhookIds: [webhook.body.webhook_id],
      fileIds: [body.messages[0].media.file_id],
    };
    operations = operationsOf((await stack.api.get('/openapi.json')).body);
  });
  afterAll(async () => {
    agent.destroy();
    await stack[Symbol.asyncDispose]();
  });

  function call({ method, target, headers, body }: FuzzRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(stack.api.url);
      const outgoing = request({ agent, hostname, port, method, path: target, headers }, (response) => {
        const { statusCode: status = 0 } = response;
        const isEndless = method === 'GET' && response.headers['content-type'] === 'text/event-stream';
        if (isEndless) {
          // Sends only the beginning, then disconnects.
          response.once('error', () => {}).once('data', () => response.destroy());
          response.once('close', () => resolve({ status, headers: response.headers, body: '' }));
          return;
        }
        text(response).then(
          (answered) => resolve({ status, headers: response.headers, body: answered }),
          reject,
        );
      });
      outgoing.on('error', reject);
      outgoing.end(body ?? undefined);
    });
  }

  async function memoryOf(pid: number): Promise<number> {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024;
  }

  test(
    `${REQUESTS} requests made from the OpenAPI document are answered as it says; nothing ends or grows`,
    { timeout: 600_000 },
    async () => {
      expect(operations.length).toBeGreaterThan(10);
      const perOperation = Math.ceil(REQUESTS / operations.length);
      const queue = operations
        .flatMap((operation, index) =>
          fc
            .sample(requestsOf(operation, known), {
              // Few random sends are accepted.
              numRuns: operation.path === '/telegram/user/send' ? 5 * perOperation : perOperation,
              seed: SEED + index,
            })
            .map((asked, order) => ({ operation, asked, order })),
        )
        .sort((a, b) => a.order - b.order);
      const processes = [stack.apiProcess, stack.worker];
      const seen = new Map<string, number>();
      const wrong: string[] = [];
      let early: number[] = [];
      let next = 0;
      const caller = async () => {
        for (let item = queue[next++]; item !== undefined; item = queue[next++]) {
          if (next === Math.ceil(queue.length / 4))
            early = await Promise.all(processes.map(({ pid }) => memoryOf(pid)));
          const { operation, asked } = item;
          const answer = await call(asked);
          const what = `${operation.method} ${operation.path}`;
          seen.set(`${what} ${answer.status}`, (seen.get(`${what} ${answer.status}`) ?? 0) + 1);
          const fault = faultOf(operation, asked, answer);
          if (fault !== null)
            wrong.push(
              `${asked.method} ${asked.target} ${JSON.stringify(asked.headers)} ${Buffer.from(
                asked.body ?? [],
              )
                .toString()
                .slice(0, 300)}\n  → ${answer.status} ${answer.body.slice(0, 300)}: ${fault}`,
            );
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, caller));

      expect(wrong.slice(0, 10)).toEqual([]);
      expect((await stack.api.get('/healthz')).status).toBe(200);
      const late = await Promise.all(processes.map(({ pid }) => memoryOf(pid)));
      for (const [index, bytes] of late.entries()) expect(bytes - (early[index] ?? 0)).toBeLessThan(GROWTH);
      for (const { output } of processes) expect(output).not.toContain('unexpected error');
      // It got past the first checks: there were messages too.
      expect([...seen.keys()]).toEqual(expect.arrayContaining(['POST /telegram/user/send 202']));
    },
  );

  test.each([
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    ['an invalid path', 'GET // HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    ['an absolute foreign target', 'GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n'],
    ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    [
      'two lengths',
      'POST /telegram/user/send HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
    ],
    [
      'length and chunks',
      'POST /telegram/user/send HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'a broken chunk',
      'POST /telegram/user/send HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    ],
    ['a huge header', `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`],
    ['many headers', `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n${'X: y\r\n'.repeat(5_000)}\r\n`],
    ['a NUL in a header', 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: \0\r\n\r\n'],
    ['percent signs', 'GET /jobs/%E0%A4%A HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    ['an unknown method', 'BREW /telegram/user/send HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    ['CONNECT', 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n'],
    ['an upgrade', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ])('%s is refused, and the API continues', async (_what, bytes) => {
    const answer = await raw(bytes);
    expect(answer === '' ? 'closed' : answer).toMatch(/^closed|^HTTP\/1\.1 [24]\d\d /);
    expect((await stack.api.get('/healthz')).status).toBe(200);
  });

  test('two hundred endless bodies do not delay others', async () => {
    await stack.signIn('patient', '+9996628002');
    const { hostname, port } = new URL(stack.api.url);
    const head = `POST /telegram/user/send HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
    const slow = Array.from({ length: 200 }, () =>
      connect(Number(port), hostname, function begin(this: ReturnType<typeof connect>) {
        this.write(head);
      }),
    );
    for (const socket of slow) socket.on('error', () => {});
    try {
      expect((await stack.api.send('patient', 'me', 'meanwhile', { Prefer: 'wait=30' })).status).toBe(200);
    } finally {
      for (const socket of slow) socket.destroy();
    }
  });

  /** Sends these bytes and returns the answer, up to its end or the end of the connection. */
  function raw(bytes: string): Promise<string> {
    return new Promise((resolve) => {
      const { hostname, port } = new URL(stack.api.url);
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(Buffer.from(bytes, 'latin1')));
      socket.setEncoding('latin1');
      socket.on('data', (chunk: string) => {
        answer += chunk;
        if (answer.includes('\r\n\r\n')) socket.destroy();
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(answer));
    });
  }
});

/** The fault of an answer, or `null`. */
function faultOf(operation: Operation, asked: FuzzRequest, { status, headers, body }: Answer): string | null {
  const asDocumented = asked.method === operation.method ? operation.statuses : new Set<number>();
  if (!asDocumented.has(status) && !EVERYWHERE.includes(status) && asked.method !== 'OPTIONS')
    return 'a status that is not documented';
  if (headers['x-request-id'] === undefined) return 'no X-Request-Id';
  if (status < 400) return null;
  try {
    const { status: word, code, message, request_id } = JSON.parse(body);
    return word === 'error' &&
      typeof code === 'string' &&
      typeof message === 'string' &&
      request_id === headers['x-request-id']
      ? null
      : 'not an error as the contract has it';
  } catch {
    return 'not JSON';
  }
}
