import { GatewayError } from '@gateway/contracts';

/** The error for a field that the request's schema cannot check. */
export function fieldError(
  path: string,
  message: string,
  code: 'VALIDATION' | 'MEDIA_UNAVAILABLE' = 'VALIDATION',
): GatewayError {
  return new GatewayError(code, `${path} ${message}`, { issues: [{ path, message }] });
}
