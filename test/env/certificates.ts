import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files of a private authority, and of a server's certificate that it signed for 127.0.0.1 and localhost. */
export interface Certificates {
  directory: string;
  ca: string;
  cert: string;
  key: string;
}

/** Makes them by openssl. The caller removes the directory. */
export function makeCertificates(): Certificates {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-certificates-'));
  const openssl = (command: string) => {
    const { status, stderr } = spawnSync('openssl', command.split(' '), { cwd: directory, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${command}: ${stderr}`);
  };
  const newKey = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2';
  openssl(`${newKey} -subj /CN=authority -keyout ca.key -out ca.crt`);
  const names = '-addext subjectAltName=IP:127.0.0.1,DNS:localhost -addext basicConstraints=CA:FALSE';
  openssl(`${newKey} -subj /CN=redis ${names} -CA ca.crt -CAkey ca.key -keyout redis.key -out redis.crt`);
  const file = (name: string) => join(directory, name);
  return { directory, ca: file('ca.crt'), cert: file('redis.crt'), key: file('redis.key') };
}

/** Whether this redis-server was built with TLS: it names the first setting that it does not know. */
export function redisHasTls(): boolean {
  const binary = process.env['TEST_REDIS_SERVER'] ?? 'redis-server';
  const { stdout, stderr } = spawnSync(binary, ['-'], {
    input: 'port 0\ntls-port 0\nno-such-setting yes\n',
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`.includes("'no-such-setting yes'");
}

/** Settings of a server that listens on `port`: over TLS if there is a certificate, for its replicas too. */
export function portSettings(port: number, tls: Certificates | undefined): [string, string][] {
  if (tls === undefined) return [['port', `${port}`]];
  return [
    ['port', '0'],
    ['tls-port', `${port}`],
    ['tls-cert-file', tls.cert],
    ['tls-key-file', tls.key],
    ['tls-ca-cert-file', tls.ca],
    ['tls-auth-clients', 'no'],
    ['tls-replication', 'yes'],
  ];
}

/** Options of a client of such a server. */
export function clientOptions(tls: Certificates | undefined): { tls?: { ca: string } } {
  return tls === undefined ? {} : { tls: { ca: readFileSync(tls.ca, 'utf8') } };
}
