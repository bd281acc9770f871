import { GatewayError } from '@gateway/contracts';
import { APIConnectionTimeoutError, APIError } from 'openai';

/** Characters of the endpoint's own message that are shown. */
const MAX_MESSAGE = 500;

/** What went wrong with the assistant, in our words; its own message is told where it says what to mend. Never shows the key. */
export function toAssistantError(thrown: unknown, apiKey: string | undefined): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const options = { cause: withoutKey(thrown, apiKey) };
  if (thrown instanceof APIConnectionTimeoutError)
    return new GatewayError('ASSISTANT_TIMEOUT', undefined, options);
  if (!(thrown instanceof APIError) || thrown.status === undefined)
    return new GatewayError('ASSISTANT_UNAVAILABLE', undefined, options);
  const { status } = thrown;
  if (status === 429) {
    const retryAfter = Number(thrown.headers?.get('retry-after') ?? Number.NaN);
    const wait = retryAfter > 0 && retryAfter < 86_400 ? { retryAfter: Math.ceil(retryAfter) } : {};
    return new GatewayError('ASSISTANT_RATE_LIMITED', undefined, { ...options, ...wait });
  }
  if (status === 408 || status >= 500) return new GatewayError('ASSISTANT_UNAVAILABLE', undefined, options);
  const said = hidden(thrown.message, apiKey).slice(0, MAX_MESSAGE);
  return new GatewayError('ASSISTANT_REFUSED', `The assistant did not take the request: ${said}`, options);
}

/** For the log: some endpoints quote the key that they refuse. */
function withoutKey(thrown: unknown, apiKey: string | undefined): Error {
  return new Error(hidden(thrown instanceof Error ? thrown.message : String(thrown), apiKey));
}

function hidden(text: string, apiKey: string | undefined): string {
  const shown = apiKey === undefined ? text : text.replaceAll(apiKey, '…');
  // OpenAI shows the key's ends.
  return shown.replaceAll(/\bsk-[\w*-]{4,}/g, 'sk-…');
}
