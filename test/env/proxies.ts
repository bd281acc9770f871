import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { sleep } from '@gateway/runtime';
import { freePort } from '../../scripts/lib/ports.mjs';
import type { Certificates } from './certificates.ts';
import { THIS_CHECKOUT } from './checkout.ts';

interface ProxyOptions {
  /** The API's address. */
  apiUrl: string;
  certificates: Certificates;
  /** For the proxy's files. */
  directory: string;
}

/** A web server that runs with a configuration of deploy/proxies. */
export interface Proxy extends AsyncDisposable {
  url: string;
}

/** A configuration with the lines that hide pages from outside, which are comments in it. */
async function read(name: string): Promise<string> {
  const text = await readFile(join(THIS_CHECKOUT.root, 'deploy', 'proxies', name), 'utf8');
  return text.replaceAll(/^(\s*)# (location |@inside |respond )/gm, '$1$2');
}

/** Only names, ports and paths differ from the documented configuration. */
export async function startNginx({ apiUrl, certificates, directory }: ProxyOptions): Promise<Proxy> {
  const port = await freePort();
  const common = join(directory, 'telegram-gateway-proxy.conf');
  await mkdir(directory);
  await writeFile(common, await read('nginx-proxy.conf'));
  const server = (await read('nginx.conf'))
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('127.0.0.1:3000', new URL(apiUrl).host)
    .replace('telegram.example.com;', 'localhost;')
    .replace('/etc/ssl/telegram.example.com.pem', certificates.cert)
    .replace('/etc/ssl/private/telegram.example.com.key', certificates.key)
    .replaceAll('/etc/nginx/telegram-gateway-proxy.conf', common);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(directory, name)};`,
  );
  // Otherwise its workers would run as a user who cannot write to this directory.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const config = `${user} daemon off; pid ${join(directory, 'pid')}; error_log stderr warn;
    events {}
    http { access_log off; ${temporary.join(' ')}
    ${server} }`;
  await writeFile(join(directory, 'nginx.conf'), config);
  return running('nginx', ['-p', directory, '-c', join(directory, 'nginx.conf')], { port, directory });
}

/** Only names, ports and the certificate differ from the documented configuration. */
export async function startCaddy({ apiUrl, certificates, directory }: ProxyOptions): Promise<Proxy> {
  const port = await freePort();
  await mkdir(directory);
  const site = (await read('Caddyfile'))
    .replace(
      'telegram.example.com {',
      `https://localhost:${port} {\n\tbind 127.0.0.1\n\ttls ${certificates.cert} ${certificates.key}`,
    )
    .replace('127.0.0.1:3000', new URL(apiUrl).host);
  const file = join(directory, 'Caddyfile');
  await writeFile(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`);
  return running('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], { port, directory });
}

async function running(
  program: string,
  args: string[],
  { port, directory }: { port: number; directory: string },
): Promise<Proxy> {
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], HOME: directory },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const proxy = { url: `https://localhost:${port}`, [Symbol.asyncDispose]: () => end(child) };
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`${program} has ended: ${errors}`);
    await sleep(20);
  }
  return proxy;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'close');
}
