import { GatewayApiError } from '@gateway/client';

/** Finds what the gateway says is wrong with a field of the request, or with an item of that list. */
export function issuesOf(error: unknown): (path: string) => string | undefined {
  return (path) => {
    if (!(error instanceof GatewayApiError)) return undefined;
    const found = error.issues.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`));
    return found?.message;
  };
}
