import type { TlObject } from '../../types.ts';
import { rpcError } from '../errors.ts';
import { intField, textField } from '../fields.ts';

/** Any api_id above zero with any api_hash will do here. @throws {RpcError} API_ID_INVALID. */
export function checkApiCredentials(query: TlObject): void {
  if (intField(query, 'api_id') <= 0 || textField(query, 'api_hash') === '') throw rpcError('API_ID_INVALID');
}
