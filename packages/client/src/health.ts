import { GatewayApiError } from './errors.ts';
import { never } from './retry.ts';
import type { Transport } from './transport.ts';
import type { CallOptions, Health } from './types.ts';

/** See {@link GatewayClient.health}. */
export async function readHealth(transport: Transport, { signal }: CallOptions): Promise<Health> {
  try {
    await transport.json({ method: 'GET', path: '/readyz', retry: never, signal });
    return { ready: true, reason: null };
  } catch (error) {
    if (!(error instanceof GatewayApiError) || error.status !== 503) throw error;
    return { ready: false, reason: error.message };
  }
}
