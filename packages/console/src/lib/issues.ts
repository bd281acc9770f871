import { GatewayApiError } from '@gateway/client';
import { plainMessage } from '../texts/issues.ts';
import { useWords } from './words.ts';

/** Finds what the gateway says is wrong with a field of the request, or with an item of that list. */
export function useIssues(error: unknown): (path: string) => string | undefined {
  const words = useWords();
  return (path) => {
    if (!(error instanceof GatewayApiError)) return undefined;
    const found = error.issues.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`));
    return found === undefined ? undefined : plainMessage(found, words);
  };
}
