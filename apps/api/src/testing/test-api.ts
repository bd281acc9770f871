import type { Assistant } from '@gateway/assistant';
import { parseSettings, silentLogger, type Settings } from '@gateway/runtime';
import { createApiMetrics } from '@gateway/telemetry';
import { createApp } from '../api-app.ts';
import { FakeProducer } from './fake-producer.ts';

export interface TestRequest {
  method?: string;
  /** A string goes out as it is, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface TestAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** The API without a socket, over a {@link FakeProducer}. */
export function testApi(settings: Partial<Settings> = {}, assistant: Assistant | null = null) {
  const producer = new FakeProducer();
  const stop = new AbortController();
  const app = createApp({
    settings: { ...parseSettings({}), ...settings },
    producer,
    assistant,
    board: null,
    metrics: createApiMetrics(),
    logger: silentLogger(),
    stopping: stop.signal,
  });

  async function call(
    path: string,
    { method, body, headers, signal }: TestRequest = {},
  ): Promise<TestAnswer> {
    const response = await app.request(path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
    return { status: response.status, headers: response.headers, body: asObject(await response.json()) };
  }

  return { app, producer, call, stop };
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error(`not a JSON object: ${String(value)}`);
  return { ...value };
}
