import { GatewayApiError, GatewayClient } from '@gateway/client';
import { text, type Locale } from '@gateway/texts';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Sandbox } from './sandbox.ts';
import { ShownError } from './shown-error.ts';

/** The server's configuration for a page that has no key yet. */
export interface ServerConfig {
  needs_key: boolean;
  sandbox: boolean;
  assistant: boolean;
  /** The bot's user_id, if a bot is set up. */
  bot: string | null;
  dashboard: boolean;
}

/** The objects that every page uses. */
export interface Gateway {
  client: GatewayClient;
  config: ServerConfig;
  /** `null`: the gateway uses the real Telegram. */
  sandbox: Sandbox | null;
  /** Forgets the key. */
  leave: () => void;
}

const KEY = 'gateway-api-key';

/** The API key, stored for as long as the tab is open. */
export const storedKey = {
  read: (): string | null => sessionStorage.getItem(KEY),
  write: (key: string) => sessionStorage.setItem(KEY, key),
  forget: () => sessionStorage.removeItem(KEY),
};

export async function readConfig(): Promise<ServerConfig> {
  const response = await fetch('/console/config.json');
  if (!response.ok) throw new ShownError(text('The server answered {status}.', { status: response.status }));
  return (await response.json()) as ServerConfig;
}

/** A client whose errors and next actions come in the language. */
export function openClient(apiKey: string | null, locale: Locale): GatewayClient {
  return new GatewayClient({
    baseUrl: location.origin,
    language: locale,
    ...(apiKey !== null && { apiKey }),
  });
}

/** Whether the server accepts the key. @throws if it does not answer. */
export async function isGoodKey(key: string, locale: Locale): Promise<boolean> {
  // A header has no other characters, and a key is sent in one.
  if (!/^[\x21-\x7E]+$/.test(key)) return false;
  try {
    await openClient(key, locale).accounts.list({ limit: 1 });
    return true;
  } catch (error) {
    if (error instanceof GatewayApiError && error.code === 'UNAUTHORIZED') return false;
    throw error;
  }
}

export const GatewayContext = createContext<Gateway | null>(null);

export function useGateway(): Gateway {
  const gateway = useContext(GatewayContext);
  if (gateway === null) throw new Error('no gateway is provided around this component');
  return gateway;
}
