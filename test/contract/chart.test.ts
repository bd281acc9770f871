import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allDocBlocks, commandLines } from '../env/doc-blocks.ts';

const run = promisify(execFile);
const has = (program: string) => spawnSync(program, ['--help']).error === undefined;
const CHART = 'deploy/helm/telegram-user-gateway';
/** A helm that Go has built takes Kubernetes for an old one. */
const KUBERNETES = ['--kube-version', '1.30.0'];

/** Values that turn everything on. */
const EVERYTHING = `
image: { repository: registry.example.com/gateway, tag: 0.1.0 }
imagePullSecrets: [{ name: registry }]
secrets:
  REDIS_URL: redis://:password@redis:6379
  TELEGRAM_API_ID: 12345678
  TELEGRAM_API_HASH: abcdef1234567890abcdef1234567890
  API_KEYS: a-key
  SESSION_ENCRYPTION_KEY: 'a passphrase'
  extra: { ADMIN_USER: admin, ADMIN_PASSWORD: 'a password' }
settings: { MEDIA_STORE: file, SEND_MAX_PENDING: 1000000, SEND_PACE_PER_MINUTE: 0.5, EVENTS_SEALED: true }
data: { existingClaim: gateway }
ingress: { enabled: true, className: nginx, tlsSecret: certificate, annotations: { a.example/buffering: 'off' } }
api: { podAnnotations: { a: b }, nodeSelector: { a: b }, tolerations: [{ operator: Exists }] }
worker: { affinity: { nodeAffinity: {} }, podDisruptionBudget: null }
`;

describe.skipIf(!has('helm'))('The Helm chart (skipped where there is no helm)', () => {
  let directory: string;
  let values: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gateway-chart-'));
    values = join(directory, 'values.yaml');
    await writeFile(values, EVERYTHING);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const template = async (args: string[]) => {
    const common = ['template', 'gateway', CHART, '-n', 'telegram', ...KUBERNETES];
    return (await run('helm', [...common, ...args])).stdout;
  };
  /** The options of the command that docs/kubernetes.md shows. */
  const documented = () => {
    const lines = allDocBlocks('docs/kubernetes.md', 'sh').flatMap(({ code }) => commandLines(code));
    const line = lines.find((each) => each.startsWith('helm ')) ?? '';
    return line
      .split(/ +/)
      .flatMap((word, index, words) => (word === '--set' ? [word, words[index + 1] ?? ''] : []));
  };

  test('passes the linter', async () => {
    const { stdout } = await run('helm', [
      'lint',
      CHART,
      '--strict',
      '-f',
      values,
      '--kube-version',
      '1.30.0',
    ]);
    expect(stdout).toContain('0 chart(s) failed');
  });

  test('writes settings as they are given', async () => {
    const made = await template(['-f', values]);
    expect(made).toContain('TELEGRAM_API_ID: "12345678"');
    expect(made).toContain('SEND_MAX_PENDING: "1000000"');
    expect(made).toContain('SEND_PACE_PER_MINUTE: "0.5"');
    expect(made).toContain('EVENTS_SEALED: "true"');
  });

  test('refuses values with which the product would not run, and names them', async () => {
    const refused = (args: string[]) => expect(template(args)).rejects;
    await refused([]).toThrow('secrets.REDIS_URL is needed');
    await refused(['-f', values, '--set', 'data.existingClaim=']).toThrow('set data.existingClaim');
    await refused(['-f', values, '--set', 'secrets.REDIS_URL=http://redis']).toThrow('secrets/REDIS_URL');
    await refused(['-f', values, '--set', 'worker.replicas=many']).toThrow('worker/replicas');
  });

  test('takes the values that docs/kubernetes.md shows', async () => {
    const made = await template(documented());
    expect(made).toContain('image: "registry.example.com/telegram-user-gateway:0.1.0"');
    expect(made).toContain('S3_BUCKET: "telegram-media"');
    expect(made).not.toContain('kind: Secret');
  });
});
