import { GatewayError } from '@gateway/contracts';
import { createAssistant, type AssistantOptions } from '../assistant.ts';
import type { ReplyFinish } from '../reply-reader.ts';
import type { ChatServer } from './chat-server.ts';

export const HELLO = [{ role: 'user', content: 'hello' }];

const never = new AbortController().signal;

/** Helpers that request a reply from a server. */
export function asking(server: () => ChatServer) {
  function stream(options: Partial<AssistantOptions> = {}, extra = {}, signal: AbortSignal = never) {
    const assistant = createAssistant({
      baseUrl: server().baseUrl,
      model: 'm',
      apiKey: 'secret-key',
      ...options,
    });
    return assistant.stream({ messages: HELLO, extra }, signal);
  }

  async function read(...args: Parameters<typeof stream>) {
    const pieces: string[] = [];
    let finish: ReplyFinish | null = null;
    for await (const part of stream(...args)) {
      if ('text' in part) pieces.push(part.text);
      else ({ finish } = part);
    }
    return { pieces, finish };
  }

  async function failure(...args: Parameters<typeof stream>): Promise<GatewayError> {
    const outcome = await read(...args).catch((error: unknown) => error);
    if (outcome instanceof GatewayError) return outcome;
    throw new Error(`no GatewayError: ${JSON.stringify(outcome)}`);
  }

  return { stream, read, failure };
}
