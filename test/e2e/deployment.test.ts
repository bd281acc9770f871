import { execFile, spawn, spawnSync } from 'node:child_process';
import { chown, copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../scripts/lib/ports.mjs';
import { ApiClient } from '../env/api-client.ts';
import { makeCertificates, type Certificates } from '../env/certificates.ts';
import { commandLines, docBlocks } from '../env/doc-blocks.ts';
import { Part } from '../env/part.ts';
import { startCaddy, startNginx, type Proxy } from '../env/proxies.ts';
import { RedisServer } from '../env/redis-server.ts';
import { SandboxControl } from '../env/sandbox-control.ts';
import { signIn } from '../env/sign-in.ts';
import { UnitProcess } from '../env/systemd-unit.ts';
import { telegramSettings } from '../env/telegram-settings.ts';

const run = promisify(execFile);
const has = (program: string) => spawnSync(program, ['--version']).error === undefined;
const BEARER = { Authorization: 'Bearer a-key' };
const MIB = 1024 * 1024;
const BOB = '+9996627802';

/** The product as an operator installs it: the commands of its units, behind its proxies, and its backups. */
describe('Deployment', () => {
  let directory: string;
  let sandbox: Part;
  let control: SandboxControl;
  let redis: RedisServer;
  let units: UnitProcess[] = [];
  let api: ApiClient;
  let alice: number;
  let bob: number;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gateway-deployment-'));
    redis = await RedisServer.start();
    sandbox = new Part('packages/sandbox/src/main.ts', {
      DATA_DIR: join(directory, 'sandbox'),
      SANDBOX_PORT: '0',
      SANDBOX_CONTROL_PORT: '0',
    });
    control = new SandboxControl(String((await sandbox.ready)['controlUrl']));
    await startUnits(join(directory, 'state'), redis);
    alice = await signIn(api, control, 'alice', '+9996627801');
    bob = await signIn(api, control, 'bob', BOB);
  });
  afterAll(async () => {
    await endUnits();
    await sandbox?.end();
    await redis?.[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  /** Starts API and worker by their units, with an environment file as docs/deployment.md makes it. */
  async function startUnits(stateDirectory: string, { url }: RedisServer): Promise<void> {
    const environmentFile = `${stateDirectory}.env`;
    const [install = ''] = docBlocks('docs/deployment.md', 'With systemd', 'sh');
    for (const line of commandLines(install).filter((each) => /^(cp \.env|sed )/.test(each)))
      await run('bash', ['-c', line.replaceAll('/etc/telegram-gateway.env', environmentFile)]);
    const port = await freePort();
    const settings = {
      TELEGRAM_API_ID: '1',
      TELEGRAM_API_HASH: '0123456789abcdef0123456789abcdef',
      ...telegramSettings(await sandbox.ready),
      REDIS_URL: url,
      API_KEYS: 'a-key',
      PORT: String(port),
      SHARDS: '4',
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(environmentFile, lines.join(''), { flag: 'a' });
    for (const unit of ['telegram-gateway-api.service', 'telegram-gateway-worker@.service'])
      units.push(await UnitProcess.start(unit, { environmentFile, stateDirectory }));
    api = new ApiClient(`http://127.0.0.1:${port}`);
    api.headers = BEARER;
    const output = () => units.map((unit) => unit.output).join('');
    const answer = () => api.get('/readyz').then(({ status }) => status, String);
    await vi.waitFor(async () => expect(await answer(), output()).toBe(200), { timeout: 50_000 });
  }

  async function endUnits(): Promise<void> {
    await Promise.all(units.map((unit) => unit.end()));
    units = [];
  }

  const texts = async () => (await control.messages({ from: alice, to: bob })).map(({ text }) => text);

  test('the commands of the units run the product, with the environment file of docs/deployment.md', async () => {
    expect(await api.send('alice', BOB, 'from a unit')).toMatchObject({ status: 200 });
    for (const unit of units) expect(JSON.parse(unit.output.split('\n')[0] ?? '')).toHaveProperty('msg');
    expect(await readdir(join(directory, 'state'))).toContain('telegram_sessions');
  });

  test.skipIf(!has('systemd-analyze'))(
    'systemd takes the units (skipped where there is no systemd-analyze)',
    async () => {
      const files = ['telegram-gateway-api.service', 'telegram-gateway-worker@.service'];
      const recipe = join(directory, 'telegram-gateway.service');
      await writeFile(recipe, docBlocks('docs/recipes.md', 'systemd', 'ini').join(''));
      const { stdout, stderr } = await run(
        'systemd-analyze',
        ['verify', '--man=no', ...files.map((file) => `deploy/systemd/${file}`), recipe],
        { env: { PATH: process.env['PATH'] } },
      );
      expect(stdout + stderr).toBe('');
    },
  );

  describe.each([
    { name: 'nginx', start: startNginx },
    { name: 'Caddy', start: startCaddy },
  ])('behind $name', ({ name, start }) => {
    const isThere = has(name.toLowerCase()) && has('openssl') && has('curl');
    let certificates: Certificates;
    let proxy: Proxy;
    beforeAll(async () => {
      if (!isThere) return;
      certificates = makeCertificates();
      proxy = await start({ apiUrl: api.url, certificates, directory: join(directory, name) });
    });
    afterAll(async () => {
      await proxy?.[Symbol.asyncDispose]();
      if (certificates !== undefined) await rm(certificates.directory, { recursive: true });
    });

    /** curl through the proxy: TLS and HTTP/2, as callers have it. */
    function curl(path: string, ...options: string[]) {
      const common = ['-sSN', '--cacert', certificates.ca, '-H', `Authorization: ${BEARER.Authorization}`];
      const child = spawn('curl', [...common, ...options, proxy.url + path]);
      onTestFinished(() => void child.kill());
      const seen = { stdin: child.stdin, text: '', hasEnded: false };
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          seen.text += text;
        });
      child.once('close', () => (seen.hasEnded = true));
      return seen;
    }
    const answer = async (path: string, ...options: string[]) => {
      const seen = curl(path, ...options);
      await expect.poll(() => seen.hasEnded).toBe(true);
      return seen.text;
    };
    const post = (path: string, body: object) =>
      answer(path, '-H', 'content-type: application/json', '-d', JSON.stringify(body));

    test.skipIf(!isThere)('a message goes out, and pages and errors are as without it', async () => {
      const sent = await post('/telegram/user/send', { user_id: 'alice', recipient_id: BOB, text: name });
      expect(JSON.parse(sent)).toMatchObject({ status: 'ok' });
      expect(await answer('/docs')).toContain('<script');
      expect(await answer('/openapi.json')).toContain('"openapi"');
      expect(await answer('/jobs/none')).toContain('JOB_NOT_FOUND');
      // Over the API's limit, under the proxy's.
      const file = join(directory, 'large.json');
      await writeFile(file, JSON.stringify({ messages: 'x'.repeat(8 * MIB) }));
      const large = ['-H', 'content-type: application/json', '-H', 'Expect:', '--data-binary', `@${file}`];
      expect(await answer('/telegram/user/send/batch', ...large)).toContain('PAYLOAD_TOO_LARGE');
    });

    test.skipIf(!isThere)('the dashboard and the metrics are not for callers outside', async () => {
      for (const [path = '', shown] of [
        ['/admin/queues', 'ADMIN_USER'],
        ['/metrics', 'gateway_redis_up'],
      ]) {
        expect(await answer(path)).not.toContain(shown);
        expect(await (await fetch(api.url + path, { headers: BEARER })).text()).toContain(shown);
      }
    });

    test.skipIf(!isThere)('a stream shows each event while it is open', async () => {
      await api.post('/telegram/user/receive', { user_id: 'alice', enabled: true });
      const stream = curl('/telegram/accounts/alice/updates', '-H', 'Accept: text/event-stream');
      for (const text of ['one', 'two']) {
        // The first may be written before the stream is open.
        await expect
          .poll(
            async () => {
              await control.write({ from: bob, to: alice, text });
              return stream.text;
            },
            { interval: 250 },
          )
          .toContain(`"text":"${text}"`);
      }
      expect(stream.hasEnded).toBe(false);
    });

    test.skipIf(!isThere)('an upload reaches the API while it is sent, and may be large', async () => {
      const incomplete = join(directory, 'state', 'media', '.incomplete');
      const upload = curl('/telegram/user/uploads?user_id=alice&file_name=a.bin', '-X', 'POST', '-T', '-');
      upload.stdin.write(Buffer.alloc(9 * MIB));
      const arrived = async () => {
        const names = await readdir(incomplete).catch(() => []);
        const sizes = await Promise.all(names.map(async (each) => (await stat(join(incomplete, each))).size));
        return Math.max(0, ...sizes);
      };
      await expect.poll(arrived).toBeGreaterThan(8 * MIB);
      expect(upload.hasEnded).toBe(false);
      upload.stdin.end('the end');
      await expect.poll(() => upload.text).toContain('"upload_id"');
    });
  });

  describe('a backup of a running product', () => {
    let archive: string;
    let later: string;
    beforeAll(async () => {
      archive = join(directory, 'backup.tar.gz');
      const admin = new Redis(redis.url);
      await admin.call('ACL', 'SETUSER', 'backup', 'on', '>p@ss:word', '~*', '&*', '+@all');
      admin.disconnect();
      const send_at = new Date(Date.now() + 3_600_000).toISOString();
      const message = { user_id: 'alice', recipient_id: BOB, text: 'in an hour', send_at };
      later = (await api.post('/telegram/user/send', message)).body.job_id;
      await backup(archive);
      await endUnits();
    });

    const url = (auth: string) => redis.url.replace('//', `//${auth}@`);
    const backup = (target: string, REDIS_URL = url('backup:p%40ss%3Aword')) =>
      run('deploy/backup.sh', [target], {
        env: { PATH: process.env['PATH'], DATA_DIR: join(directory, 'state'), REDIS_URL },
      });

    /** An empty DATA_DIR into which the backup is restored, and its key put back. */
    async function restored(name: string): Promise<string> {
      const data = join(directory, name);
      const { stderr } = await run('bash', ['-c', `deploy/restore.sh - < ${archive}`], {
        env: { PATH: process.env['PATH'], DATA_DIR: data },
      });
      expect(stderr).toContain('2 session files');
      await copyFile(
        join(directory, 'state', 'session_encryption.key'),
        join(data, 'session_encryption.key'),
      );
      return data;
    }

    test('has the sessions and Redis, without the key, and only its owner can read it', async () => {
      const { stdout } = await run('tar', ['-tzf', archive]);
      const files = ['telegram_sessions/alice.session', 'telegram_sessions/bob.session', 'dump.rdb'];
      for (const file of files) expect(stdout).toContain(`gateway/${file}\n`);
      expect(stdout).not.toMatch(/\.key|tmp/);
      expect((await stat(archive)).mode & 0o777).toBe(0o600);
      const withoutPassword = await backup(join(directory, 'without-password.tar.gz'), redis.url);
      expect(withoutPassword.stderr).toContain('2 session files, and Redis');
    });

    test('is refused where it would be none, and says why', async () => {
      await expect(backup(archive)).rejects.toThrow('exists already');
      const other = join(directory, 'other.tar.gz');
      await expect(backup(other, url('backup:wrong'))).rejects.toThrow('redis-cli could not copy Redis');
      await expect(backup(other, 'redis+cluster://127.0.0.1')).rejects.toThrow('must name one server');
      await expect(stat(other)).rejects.toThrow('ENOENT');
    });

    test.skipIf(process.getuid?.() !== 0)(
      'belongs to the owner of DATA_DIR if root restores it (skipped where it is not root)',
      async () => {
        const owner = 65_534;
        await mkdir(join(directory, 'owned'));
        await chown(join(directory, 'owned'), owner, owner);
        const data = await restored('owned');
        for (const file of ['telegram_sessions', 'telegram_sessions/alice.session', 'dump.rdb'])
          expect((await stat(join(data, file))).uid).toBe(owner);
      },
    );

    test('sends on without a new sign-in, with an empty Redis, and repeats nothing', async () => {
      const before = await texts();
      await using empty = await RedisServer.start();
      await startUnits(await restored('restored'), empty);
      expect(await api.send('alice', BOB, 'after the restore')).toMatchObject({ status: 200 });
      expect(await texts()).toEqual([...before, 'after the restore']);
      expect((await api.get(`/jobs/${later}`)).status).toBe(404);
      await endUnits();
    });

    test('its copy of Redis has the messages that waited', async () => {
      const data = await restored('restored-with-redis');
      const folder = join(directory, 'redis-of-backup');
      await mkdir(folder);
      await copyFile(join(data, 'dump.rdb'), join(folder, 'dump.rdb'));
      await using copy = await RedisServer.start({ directory: folder, appendonly: 'no' });
      const admin = new Redis(copy.url);
      await admin.config('SET', 'appendonly', 'yes');
      admin.disconnect();
      await startUnits(data, copy);
      expect((await api.get(`/jobs/${later}`)).body).toMatchObject({ state: 'delayed' });
      await endUnits();
    });

    test('is not restored over sessions that are there', async () => {
      const data = { PATH: process.env['PATH'], DATA_DIR: join(directory, 'state') };
      await expect(run('deploy/restore.sh', [archive], { env: data })).rejects.toThrow('exists: stop');
    });
  });
});
