import { Server } from 'proxy-chain';
import type { DataCenter } from '../types.ts';
import { MtProxyServer } from './mt-proxy.ts';
import { SocksProxy } from './socks-proxy.ts';

/** A running proxy. */
export interface RunningProxy extends AsyncDisposable {
  /** Its address, as the API takes it. */
  readonly address: string;
  /** How many connections to Telegram it has opened. */
  readonly connections: () => number;
  /** Closes it: nobody listens at its address any more. */
  close(): Promise<void>;
}

export const PROXY_PASSWORD = 'proxy-password-1';
const SECRET = '00112233445566778899aabbccddeeff';

/** The kinds of proxies, each with a way to start one. */
export const PROXIES = {
  socks5: async () => {
    const proxy = await SocksProxy.start('user', PROXY_PASSWORD);
    const address = `socks5://user:${PROXY_PASSWORD}@127.0.0.1:${proxy.port}`;
    return running(
      address,
      () => proxy.targets.length,
      () => proxy.close(),
    );
  },
  http: async () => {
    let opened = 0;
    const proxy = new Server({
      port: 0,
      host: '127.0.0.1',
      prepareRequestFunction: ({ username, password, isHttp }) => {
        const isRight = username === 'user' && password === PROXY_PASSWORD && !isHttp;
        if (isRight) opened += 1;
        return { requestAuthentication: !isRight };
      },
    });
    await proxy.listen();
    const address = `http://user:${PROXY_PASSWORD}@127.0.0.1:${proxy.port}`;
    return running(
      address,
      () => opened,
      () => proxy.close(true),
    );
  },
  mtproxy: (dataCenters: readonly DataCenter[]) => mtProxy(SECRET, dataCenters),
  'mtproxy with padding': (dataCenters: readonly DataCenter[]) => mtProxy(`dd${SECRET}`, dataCenters),
} satisfies Record<string, (dataCenters: readonly DataCenter[]) => Promise<RunningProxy>>;

async function mtProxy(secret: string, dataCenters: readonly DataCenter[]): Promise<RunningProxy> {
  const proxy = await MtProxyServer.start(secret, dataCenters);
  const address = `mtproxy://${secret}@127.0.0.1:${proxy.port}`;
  const isPadded = secret.startsWith('dd');
  return running(
    address,
    () => proxy.targets.filter((target) => target.isPadded === isPadded).length,
    () => proxy.close(),
  );
}

function running(address: string, connections: () => number, end: () => Promise<void>): RunningProxy {
  let ended: Promise<void> | undefined;
  const close = () => (ended ??= end());
  return { address, connections, close, [Symbol.asyncDispose]: close };
}
