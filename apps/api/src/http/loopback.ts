import { SettingsError, type Settings } from '@gateway/runtime';

/**
 * Whether a host name, as `URL.hostname` gives it, always means this machine: `localhost`, also with the dot of a full
 * name, 127.0.0.0/8 or `[::1]`.
 */
export function isLoopbackName(hostname: string): boolean {
  return /^localhost\.?$/.test(hostname) || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Whether an `Origin` is a page of this machine. `null` (a sandboxed page, a file) is not. */
export function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLoopbackName(new URL(origin).hostname);
}

/** A host as written in a URL: IPv6 in brackets. */
export function urlHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/**
 * Without keys, anyone who reaches the port can use every account, so only this machine may reach it.
 * @throws {SettingsError} if HOST is open to other machines and API_KEYS is empty.
 */
export function refuseOpenHostWithoutKeys({ HOST, API_KEYS }: Pick<Settings, 'HOST' | 'API_KEYS'>): void {
  if (API_KEYS.length > 0) return;
  const url = `http://${urlHost(HOST)}`;
  if (URL.canParse(url) && isLoopbackName(new URL(url).hostname)) return;
  throw new SettingsError(
    `HOST is ${HOST}, which other machines may reach, and API_KEYS is not set, so anybody could use every account: ` +
      'set API_KEYS=<a long random key>, or HOST=127.0.0.1',
  );
}
