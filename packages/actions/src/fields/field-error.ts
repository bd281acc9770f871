import { GatewayError } from '@gateway/contracts';

/** The error for a field that the request's schema cannot check. */
export function fieldError(path: string, message: string): GatewayError {
  return new GatewayError('VALIDATION', `${path} ${message}`, { issues: [{ path, message }] });
}
