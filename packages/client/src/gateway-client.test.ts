import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayApiError, GatewayClient, GatewayConnectionError, JobTimeoutError } from './index.ts';
import { cut, json, refusal, ScriptedGateway, silence } from './testing/scripted-gateway.ts';

const MESSAGE = { user_id: 'alice', recipient_id: 'me', text: 'hi' };
const SENT = { status: 'ok', success: true, message_id: 1, date: '2024-01-15T12:00:00Z', job_id: 'j1' };
const STATUS = { status: 'ok', authorized: true, state: 'ready' };
const job = (state: string) => ({ status: 'ok', job_id: 'j1', state });

let gateway: ScriptedGateway;
beforeAll(async () => {
  gateway = await ScriptedGateway.start();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

function client(options: Partial<ConstructorParameters<typeof GatewayClient>[0]> = {}): GatewayClient {
  return new GatewayClient({ baseUrl: gateway.url, backoffMs: 1, ...options });
}

const keysHeard = () => gateway.requests.map(({ headers }) => headers['idempotency-key']);

describe('a call', () => {
  test('has the key, the body and the path prefix of the gateway', async () => {
    gateway.answers(json(200, SENT));
    const sent = await client({ baseUrl: `${gateway.url}/gateway/`, apiKey: 'k1' }).send(MESSAGE, {
      wait: 5,
      respondAsync: true,
    });
    expect(sent).toEqual(SENT);
    const [request] = gateway.requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/gateway/telegram/user/send',
      headers: { authorization: 'Bearer k1', prefer: 'respond-async, wait=5' },
    });
    expect(JSON.parse(request!.body)).toEqual(MESSAGE);
  });

  test('an account name is one segment of the path', async () => {
    gateway.answers(json(200, STATUS));
    await client().status('a+b@c.d/../x', { live: true });
    expect(gateway.requests[0]?.path).toBe('/telegram/user/status/a%2Bb%40c.d%2F..%2Fx?live=true');
  });

  test('a refusal becomes an error with everything that the gateway reported', async () => {
    const issues = [{ path: 'text', message: 'must not be empty' }];
    gateway.answers(
      refusal(400, 'VALIDATION', {
        kind: 'permanent',
        issues,
        job_id: 'j9',
        rpc_error: 'X',
        retry_after: 3,
        hint: 'h',
      }),
    );
    const error = await client()
      .send(MESSAGE)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GatewayApiError);
    expect(error).toMatchObject({
      status: 400,
      code: 'VALIDATION',
      kind: 'permanent',
      message: 'It is VALIDATION.',
      requestId: 'req-1',
      retryAfter: 3,
      jobId: 'j9',
      rpcError: 'X',
      issues,
      body: { hint: 'h' },
    });
  });

  test("a proxy's error page is distinguished from the gateway's errors", async () => {
    gateway.answers((response) => {
      response.writeHead(413, { 'content-type': 'text/html' }).end('<h1>Too large</h1>');
    });
    await expect(client().send(MESSAGE)).rejects.toMatchObject({
      status: 413,
      code: 'HTTP_ERROR',
      body: null,
    });
  });

  test('a base URL that leads to a web page is detected', async () => {
    gateway.answers((response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>');
    });
    await expect(client().status('alice')).rejects.toMatchObject({ code: 'NOT_A_GATEWAY' });
    await expect(client().jobEvents('j1').next()).rejects.toMatchObject({ code: 'NOT_A_GATEWAY' });
  });

  test('an unreachable gateway is a connection error with address and reason', async () => {
    const nobody = client({ baseUrl: 'http://127.0.0.1:1', retries: 0 });
    const error = await nobody.status('alice').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GatewayConnectionError);
    expect(String(error)).toMatch(/http:\/\/127\.0\.0\.1:1: .*(ECONNREFUSED|bad port)/);
  });

  test('a gateway that does not answer times out after timeoutMs', async () => {
    gateway.answers(silence);
    const error = await client({ timeoutMs: 50, retries: 0 })
      .status('alice')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'GatewayConnectionError', timedOut: true });
    await expect.poll(() => gateway.hangUps).toBe(1);
  });

  test(
    'the signal ends it at once with its own reason, even between two attempts',
    { timeout: 5_000 },
    async () => {
      gateway.answers(silence);
      const abort = new AbortController();
      const call = client().send(MESSAGE, { signal: abort.signal });
      await expect.poll(() => gateway.requests.length).toBe(1);
      abort.abort(new Error('enough'));
      await expect(call).rejects.toThrow('enough');

      gateway.answers(refusal(503, 'QUEUE_UNAVAILABLE'));
      const late = new AbortController();
      const waiting = client({ backoffMs: 20_000 }).send(MESSAGE, { signal: late.signal });
      await expect.poll(() => gateway.requests.length).toBe(1);
      late.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
      expect(gateway.requests).toHaveLength(1);
    },
  );
});

describe('retrying a call', () => {
  test.each([
    ['a cut connection', cut],
    ['429', refusal(429, 'QUEUE_FULL')],
    ['502 of a proxy', json(502, 'Bad gateway')],
    ['503', refusal(503, 'QUEUE_UNAVAILABLE')],
    ['504', refusal(504, 'TELEGRAM_TIMEOUT')],
  ])('after %s a send is retried with the same key', async (_what, failure) => {
    gateway.answers(failure, failure, json(200, SENT));
    expect(await client().send(MESSAGE)).toEqual(SENT);
    expect(gateway.requests).toHaveLength(3);
    expect(keysHeard()[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(keysHeard()).size).toBe(1);
  });

  test('two sends have two keys; the caller may supply one', async () => {
    gateway.answers(json(200, SENT));
    await client().send(MESSAGE);
    await client().send(MESSAGE);
    await client().sendBatch([MESSAGE], { idempotencyKey: 'mine' });
    expect(new Set(keysHeard()).size).toBe(3);
    expect(keysHeard()[2]).toBe('mine');
  });

  test('a send that the queue may have accepted is retried with the same key, even if the answer names its job', async () => {
    const inDoubt = refusal(503, 'QUEUE_UNAVAILABLE', { kind: 'unknown_outcome', job_id: 'j1' });
    gateway.answers(inDoubt, json(200, SENT));
    expect(await client().send(MESSAGE)).toEqual(SENT);
    expect(new Set(keysHeard()).size).toBe(1);
  });

  test('a sign-in step that the queue may have accepted is not retried', async () => {
    gateway.answers(refusal(503, 'QUEUE_UNAVAILABLE', { kind: 'unknown_outcome', job_id: 'j1' }));
    await expect(client().auth.start('alice', '+9996621001')).rejects.toMatchObject({ jobId: 'j1' });
    expect(gateway.requests).toHaveLength(1);
  });

  test('a send whose job has failed is not retried, because it would fail again', async () => {
    gateway.answers(refusal(504, 'TELEGRAM_TIMEOUT', { job_id: 'j1' }));
    await expect(client().send(MESSAGE)).rejects.toMatchObject({ jobId: 'j1' });
    expect(gateway.requests).toHaveLength(1);
  });

  test.each([refusal(400, 'VALIDATION'), refusal(500, 'INTERNAL'), refusal(401, 'NOT_AUTHORIZED')])(
    'other refusals are final',
    async (answer) => {
      gateway.answers(answer);
      await expect(client().send(MESSAGE)).rejects.toBeInstanceOf(GatewayApiError);
      await expect(client().status('alice')).rejects.toBeInstanceOf(GatewayApiError);
      expect(gateway.requests).toHaveLength(2);
    },
  );

  test('it stops after `retries`', async () => {
    gateway.answers(cut);
    await expect(client({ retries: 2 }).status('alice')).rejects.toBeInstanceOf(GatewayConnectionError);
    expect(gateway.requests).toHaveLength(3);
  });

  test('a short Retry-After is respected, and a long one is left to the caller', async () => {
    const times: number[] = [];
    gateway.answers(
      (response, request) => {
        times.push(Date.now());
        return json(429, {}, { 'retry-after': '1' })(response, request);
      },
      (response, request) => {
        times.push(Date.now());
        return json(200, STATUS)(response, request);
      },
    );
    await client().status('alice');
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(990);
    gateway.answers(json(429, {}, { 'retry-after': '3600' }));
    await expect(client().status('alice')).rejects.toMatchObject({ retryAfter: 3600 });
    expect(gateway.requests).toHaveLength(1);
  });

  const steps: [string, (caller: GatewayClient) => Promise<unknown>][] = [
    ['start', (caller) => caller.auth.start('alice', '+79991234567')],
    ['resend', (caller) => caller.auth.resend('alice')],
    ['verify', (caller) => caller.auth.verify('alice', { phone_code: '12345' })],
    ['disconnect', (caller) => caller.disconnect('alice')],
    ['resume', (caller) => caller.resume('alice')],
  ];

  test.each(steps)('%s is not retried if it may have started', async (_name, step) => {
    for (const failure of [
      cut,
      refusal(504, 'TELEGRAM_TIMEOUT'),
      refusal(429, 'RATE_LIMITED'),
      json(503, {}),
    ]) {
      gateway.answers(failure);
      await expect(step(client())).rejects.toBeInstanceOf(Error);
      expect(gateway.requests).toHaveLength(1);
    }
  });

  test('receive is retried like a read: the second time it has no further effect', async () => {
    gateway.answers(cut, refusal(504, 'TELEGRAM_TIMEOUT'), json(200, STATUS));
    await client().receive('alice', { enabled: true });
    expect(gateway.requests).toHaveLength(3);
  });

  test.each(steps)('%s is retried if nothing has started', async (_name, step) => {
    gateway.answers(
      refusal(503, 'WORKER_UNAVAILABLE'),
      refusal(503, 'QUEUE_UNAVAILABLE'),
      json(200, { status: 'ok' }),
    );
    await step(client());
    expect(gateway.requests).toHaveLength(3);
  });
});

describe('a job', () => {
  test('is awaited with long polls, even while the gateway is away at times', async () => {
    gateway.answers(
      json(200, job('waiting')),
      cut,
      refusal(503, 'QUEUE_UNAVAILABLE'),
      json(200, job('failed')),
    );
    expect(await client().waitForJob('j1')).toMatchObject({ state: 'failed' });
    expect(gateway.requests.map(({ path }) => path)).toEqual(Array(4).fill('/jobs/j1?wait=30'));
  });

  test('is awaited no longer than requested', async () => {
    gateway.answers(json(200, job('delayed')));
    await expect(client().waitForJob('j1', { timeoutMs: 50 })).rejects.toBeInstanceOf(JobTimeoutError);
  });

  test('is cancelled', async () => {
    gateway.answers(cut, json(200, job('cancelled')));
    expect(await client().cancel('j1')).toMatchObject({ state: 'cancelled' });
    expect(gateway.requests[1]).toMatchObject({ method: 'DELETE', path: '/jobs/j1' });
  });
});

test('health says what is missing, and throws if the gateway is unreachable', async () => {
  gateway.answers(json(200, { status: 'ok' }), refusal(503, 'WORKER_UNAVAILABLE'), cut);
  expect(await client().health()).toEqual({ ready: true, reason: null });
  expect(await client().health()).toEqual({ ready: false, reason: 'It is WORKER_UNAVAILABLE.' });
  await expect(client().health()).rejects.toBeInstanceOf(GatewayConnectionError);
});
