import type { ValidationIssue } from '@gateway/contracts';
import { validationError } from './validation.ts';

const MESSAGE = 'must be well-formed UTF-16: it holds half a surrogate pair';

/**
 * Refuses strings and field names with half a surrogate pair, at any depth. Telegram rejects them, and UTF-8 cannot
 * encode one. Recursion is safe because the depth of a body is limited.
 * @throws {GatewayError} `VALIDATION` with one issue per field.
 */
export function refuseHalfPairs(value: unknown): void {
  const issues = [...halfPairsIn(value, '')];
  if (issues.length > 0) throw validationError(issues);
}

function* halfPairsIn(value: unknown, path: string): Generator<ValidationIssue> {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) yield { path: path || 'body', message: MESSAGE };
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      const shown = name.toWellFormed().slice(0, 64);
      const at = path === '' ? shown : `${path}.${shown}`;
      if (!name.isWellFormed()) yield { path: at, message: MESSAGE };
      yield* halfPairsIn(inner, at);
    }
  }
}
