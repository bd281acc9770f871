import type { Assistant } from '@gateway/assistant';
import type { Producer } from '@gateway/queue';
import { parseSettings, silentLogger, type Settings } from '@gateway/runtime';
import { createApiMetrics } from '@gateway/telemetry';
import { createApp } from '../api-app.ts';
import { NO_MEDIA } from './no-media.ts';
import { overHttp } from './over-http.ts';

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

/** The API over these queues, until the test that calls this has ended. */
export function apiOver(
  producer: Producer,
  settings: Partial<Settings> = {},
  assistant: Assistant | null = null,
) {
  const stop = new AbortController();
  const logger = silentLogger();
  const app = createApp({
    settings: { ...parseSettings({}), ...settings },
    producer,
    assistant,
    media: NO_MEDIA,
    metrics: createApiMetrics(),
    logger,
    stopping: stop.signal,
  });
  const { url, request } = overHttp(app);

  /** Asks with JSON and for JSON. */
  async function call(
    path: string,
    { method, body, headers, signal }: TestRequest = {},
  ): Promise<TestAnswer> {
    const answer = await request(path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
    return { status: answer.status, headers: answer.headers, body: asObject(await answer.json()) };
  }

  return { app, logger, url, request, call, stop };
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error(`not a JSON object: ${String(value)}`);
  return { ...value };
}
