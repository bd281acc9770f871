import { parseSettings, silentLogger } from '@gateway/runtime';
import { onTestFinished } from 'vitest';
import { startApi, type ApiOverrides } from '../api-app.ts';
import type { RealQueues } from './real-queues.ts';

/** Starts the API over these queues as its process does, on a free port, until the test has ended. */
export async function startedApi(
  { environment }: RealQueues,
  more: Record<string, string> = {},
  overrides: ApiOverrides = {},
) {
  const settings = parseSettings({ PORT: '0', ...environment, ...more });
  const app = await startApi(settings, silentLogger(), overrides);
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= app.close());
  onTestFinished(close);
  return { close, url: String((await app.ready)['url']) };
}
