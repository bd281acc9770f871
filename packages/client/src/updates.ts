import type { StreamedEvent } from '@gateway/contracts';
import { GatewayApiError, GatewayConnectionError, objectOf, streamedErrorOf } from './errors.ts';
import { never, repeatable, sleep, waitBefore } from './retry.ts';
import type { EventStream, Transport } from './transport.ts';
import type { CallOptions, UpdatesPage } from './types.ts';

export interface UpdatesOptions extends CallOptions {
  /** Number (`seq`) of the latest event that the caller knows. Default: from now on. */
  after?: number | undefined;
}

/** See {@link GatewayClient.updates}. */
export async function* updates(
  transport: Transport,
  userId: string,
  { retries, backoffMs }: { retries: number; backoffMs: number },
  { after, signal }: UpdatesOptions,
): AsyncGenerator<StreamedEvent> {
  const path = `/telegram/accounts/${encodeURIComponent(userId)}/updates`;
  // The place to begin must be known before the first stream: it may break off before its first event.
  let place =
    after ?? (await transport.json<UpdatesPage>({ method: 'GET', path, retry: repeatable, signal })).next;
  let failures = 0;
  for (;;) {
    let stream: EventStream | null = null;
    const failed = failures;
    try {
      stream = await transport.stream({
        method: 'GET',
        path: `${path}?after=${place}`,
        retry: never,
        signal,
      });
      // An account without news may say nothing for days.
      failures = 0;
      for await (const { event, data } of stream?.events ?? []) {
        const body = objectOf(data);
        if (body === null) continue;
        if (event === 'error') {
          failures = failed;
          throw streamedErrorOf(body);
        }
        // The cast relies on the gateway's contract.
        const told = body as unknown as StreamedEvent;
        if (told.seq !== null) place = told.seq;
        yield told;
      }
    } catch (error) {
      const isOurs = error instanceof GatewayApiError || error instanceof GatewayConnectionError;
      if (!isOurs || !repeatable(error) || failures >= retries) throw error;
    }
    failures += 1;
    const wait = waitBefore(failures, backoffMs, null, Math.random()) ?? backoffMs;
    await sleep(Math.max(wait, stream?.retryMs() ?? 0), signal);
  }
}
