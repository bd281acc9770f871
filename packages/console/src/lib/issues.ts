import { GatewayApiError } from '@gateway/client';
import { inPlainWords } from '../texts/issues.ts';

/** What the gateway says is wrong with a field of the request, or with an item of that list. */
export function issueOf(error: unknown, path: string): string | undefined {
  if (!(error instanceof GatewayApiError)) return undefined;
  const found = error.issues.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`));
  return found === undefined ? undefined : inPlainWords(found.message);
}
