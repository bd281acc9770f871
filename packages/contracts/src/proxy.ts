import * as z from 'zod';

/** A proxy between an account and Telegram. */
export type ProxyServer = TunnelProxy | MtProxy;

/** A proxy that connects to any address. */
export interface TunnelProxy {
  kind: 'socks4' | 'socks5' | 'http';
  host: string;
  port: number;
  username?: string;
  password?: string;
}

/** A proxy that knows Telegram only (MTProto proxy). */
export interface MtProxy {
  kind: 'mtproxy';
  host: string;
  port: number;
  /** 16 bytes in hexadecimal digits, after `dd` if messages are padded. */
  secret: string;
}

const KINDS: Readonly<Record<string, ProxyServer['kind']>> = {
  'socks4:': 'socks4',
  'socks5:': 'socks5',
  'socks5h:': 'socks5',
  'http:': 'http',
  'mtproxy:': 'mtproxy',
};

const FORMS =
  'must be socks5://user:password@host:port, http://user:password@host:port or mtproxy://secret@host:port';

/** Parses the address of a proxy; a sentence if it is none. */
export function parseProxy(address: string): ProxyServer | string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const kind = url === undefined ? undefined : KINDS[url.protocol];
  if (url === undefined || kind === undefined || url.hostname === '') return FORMS;
  if (/^\/?$/.exec(url.pathname) === null || url.search !== '' || url.hash !== '') return FORMS;
  // A URL has no port if it is the usual one of http.
  const port = url.port === '' && kind === 'http' ? 80 : Number(url.port);
  if (port === 0) return 'must name the port of the proxy';
  const server = { host: url.hostname.replace(/^\[|\]$/g, ''), port };
  const [username, password] = [decoded(url.username), decoded(url.password)];
  if (username === undefined || password === undefined) return 'has a broken %-sequence before the @';
  if (kind === 'mtproxy') {
    const secret = secretOf(username);
    return secret.startsWith('must') ? secret : { kind, ...server, secret };
  }
  return {
    kind,
    ...server,
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
  };
}

/** Hexadecimal digits of the secret, which people copy as such or as base64; or a sentence. */
function secretOf(text: string): string {
  const hex = /^(?:[0-9a-f]{2})+$/i.test(text) ? text.toLowerCase() : hexOf(text);
  if (/^ee[0-9a-f]{32,}$/.test(hex))
    return 'must have another secret: those with ee at the beginning (fake TLS) are not supported';
  if (/^(?:dd)?[0-9a-f]{32}$/.test(hex)) return hex;
  return 'must have a secret of 32 hexadecimal digits, or of dd and 32 digits';
}

/** Empty if it is not base64. */
function hexOf(base64: string): string {
  try {
    const bytes = atob(base64.replaceAll('-', '+').replaceAll('_', '/'));
    return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  } catch {
    return '';
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The address without password and secret. */
export function shownProxy(server: ProxyServer): string {
  const { kind, host, port } = server;
  const user =
    kind === 'mtproxy' || server.username === undefined ? '' : `${encodeURIComponent(server.username)}@`;
  return `${kind}://${user}${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const MAX_LENGTH = 1_024;

/** The address of a proxy in a request. */
export const proxySchema = z
  .string()
  .max(MAX_LENGTH, `must be at most ${MAX_LENGTH} characters`)
  .superRefine((address, context) => {
    const parsed = parseProxy(address);
    if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: parsed });
  })
  .meta({
    id: 'ProxyAddress',
    description:
      '`socks5://user:password@host:port`, `http://user:password@host:port` (CONNECT) or `mtproxy://secret@host:port`',
    pattern:
      '^(?:(?:socks[45]|http)://(?:[A-Za-z0-9_-]{1,32}:[A-Za-z0-9_-]{1,32}@)?|mtproxy://(?:dd)?[0-9a-f]{32}@)(?:[a-z][a-z0-9]{0,30}\\.){0,3}[a-z][a-z0-9]{0,30}:[1-9][0-9]{0,3}$',
    examples: ['socks5://user:password@proxy.example.com:1080'],
  });
