import { expect, it } from 'vitest';
import { parseProxy, shownProxy } from './proxy.ts';

const SECRET = '0123456789abcdef0123456789abcdef';

it.each([
  [
    'socks5://user:p%40ss@proxy.example.com:1080',
    { kind: 'socks5', host: 'proxy.example.com', port: 1080, username: 'user', password: 'p@ss' },
    'socks5://user@proxy.example.com:1080',
  ],
  ['socks5h://127.0.0.1:9050', { kind: 'socks5', host: '127.0.0.1', port: 9050 }, 'socks5://127.0.0.1:9050'],
  ['http://[::1]:3128/', { kind: 'http', host: '::1', port: 3128 }, 'http://[::1]:3128'],
  ['http://proxy', { kind: 'http', host: 'proxy', port: 80 }, 'http://proxy:80'],
  [
    `mtproxy://dd${SECRET}@proxy.example.com:443`,
    { kind: 'mtproxy', host: 'proxy.example.com', port: 443, secret: `dd${SECRET}` },
    'mtproxy://proxy.example.com:443',
  ],
  [
    'mtproxy://ASNFZ4mrze8BI0VniavN7w@proxy.example.com:443',
    { kind: 'mtproxy', host: 'proxy.example.com', port: 443, secret: SECRET },
    'mtproxy://proxy.example.com:443',
  ],
])('%s is a proxy, and is shown without its secret', (address, server, shown) => {
  const parsed = parseProxy(address);
  expect(parsed).toEqual(server);
  if (typeof parsed === 'string') return;
  expect(shownProxy(parsed)).toBe(shown);
});

it.each([
  ['', /^must be socks5:/],
  ['proxy.example.com:1080', /^must be socks5:/],
  ['ftp://proxy:1', /^must be socks5:/],
  ['socks5://proxy', /port/],
  ['socks5://proxy:1080/path', /^must be socks5:/],
  ['socks5://a%ff:b@proxy:1', /%-sequence/],
  ['mtproxy://proxy:443', /secret of 32/],
  ['mtproxy://abcd@proxy:443', /secret of 32/],
  [`mtproxy://ee${SECRET}6578616d706c65@proxy:443`, /fake TLS/],
])('%s is none, and the message says why', (address, message) => {
  expect(parseProxy(address)).toMatch(message);
});
