import { connect, type Socket } from 'node:net';
import type { MtProxy, ProxyServer, TunnelProxy } from '@gateway/contracts';
import { SocksClient } from 'socks';
import { Client } from 'undici';
import { ProxyError } from '../errors/call-errors.ts';

/** Limit in ms for a proxy to connect. */
const TIMEOUT_MS = 10_000;

/**
 * Connects to an address through a proxy; to an MTProto proxy itself, whatever the address.
 * @throws {ProxyError} which contains no password.
 */
export async function openTunnel(
  proxy: ProxyServer,
  target: { host: string; port: number },
): Promise<Socket> {
  try {
    if (proxy.kind === 'mtproxy') return await connectTo(proxy);
    return proxy.kind === 'http' ? await throughHttp(proxy, target) : await throughSocks(proxy, target);
  } catch (error) {
    // The SOCKS client's errors have its options, with the password.
    throw new ProxyError(error instanceof Error ? error.message : String(error));
  }
}

async function throughSocks(
  { kind, host, port, username, password }: TunnelProxy,
  destination: { host: string; port: number },
): Promise<Socket> {
  const { socket } = await SocksClient.createConnection({
    proxy: {
      host,
      port,
      type: kind === 'socks4' ? 4 : 5,
      ...(username !== undefined && { userId: username }),
      ...(password !== undefined && { password }),
    },
    command: 'connect',
    timeout: TIMEOUT_MS,
    destination,
  });
  return socket;
}

async function throughHttp(
  { host, port, username, password }: TunnelProxy,
  target: { host: string; port: number },
): Promise<Socket> {
  const client = new Client(`http://${bracketed(host)}:${port}`, {
    connect: { timeout: TIMEOUT_MS },
    headersTimeout: TIMEOUT_MS,
  });
  const login = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
  try {
    const { statusCode, socket } = await client.connect({
      path: `${bracketed(target.host)}:${target.port}`,
      ...(username !== undefined && { headers: { 'proxy-authorization': `Basic ${login}` } }),
    });
    if (statusCode === 200) return socket as Socket;
    socket.destroy();
    throw new Error(statusCode === 407 ? 'authentication failed' : `it answers ${statusCode}`);
  } finally {
    // The socket is no longer the client's.
    void client.close();
  }
}

function connectTo({ host, port }: MtProxy): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('ETIMEDOUT')));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
