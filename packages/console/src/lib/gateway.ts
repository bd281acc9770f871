import { GatewayApiError, GatewayClient } from '@gateway/client';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Sandbox } from './sandbox.ts';

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
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return (await response.json()) as ServerConfig;
}

export function openClient(apiKey: string | null): GatewayClient {
  return new GatewayClient({ baseUrl: location.origin, ...(apiKey !== null && { apiKey }) });
}

/** Whether the server accepts the key. @throws if it does not answer. */
export async function isGoodKey(client: GatewayClient): Promise<boolean> {
  try {
    await client.accounts.list({ limit: 1 });
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
