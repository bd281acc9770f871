import type { TlObject } from '../../../types.ts';
import { rpcError } from '../../errors.ts';
import { intField, textField } from '../../fields.ts';

/** Accepts any positive api_id with any non-empty api_hash. @throws {RpcError} API_ID_INVALID. */
export function checkApiCredentials(query: TlObject): void {
  if (intField(query, 'api_id') <= 0 || textField(query, 'api_hash') === '') throw rpcError('API_ID_INVALID');
}
