import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../command.mjs';
import { ROOT } from '../root.mjs';
import { Stop } from '../say.mjs';

/** The base that the Dockerfile names, and the Node in it. */
const BASE = 'docker.io/library/node:24-bookworm-slim';
const NODE = `node-linux-${process.arch}`;
const NODE_VERSION = '24.22.3';
const IMAGE = 'localhost/gateway-image-check';

const USERS = 'root:x:0:0:root:/root:/bin/bash\nnode:x:1000:1000::/home/node:/bin/bash\n';
const GROUPS = 'root:x:0:\nnode:x:1000:\n';
const LINKED = ['bin', 'sbin', 'lib', 'lib64'];
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Why the image cannot be built on this machine; `null` if it can. */
export function whyNoImage() {
  if (process.getuid?.() !== 0) return 'it needs root, since each step changes its root folder';
  const lacking = ['buildah', 'dpkg-query', 'apt-cache'].filter(
    (program) => spawnSync(program, ['--version']).error !== undefined,
  );
  return lacking.length === 0 ? null : `it needs ${lacking.join(', ')} (Debian: apt install buildah)`;
}

/**
 * The image of the Dockerfile, built by buildah without a container engine: steps and containers are processes of this
 * machine with another root folder. The base has this machine's Debian packages, and Node from the npm registry.
 */
export class Image {
  #directory;
  #signal;
  #container = '';
  /** What the started commands have printed. */
  log = '';
  /** @type {(() => Promise<void>)[]} */
  #endings = [];

  /** @param {string} directory takes all files @param {AbortSignal} signal */
  constructor(directory, signal) {
    this.#directory = directory;
    this.#signal = signal;
  }

  async makeBase() {
    const base = join(this.#directory, 'base');
    for (const folder of [
      ...LINKED.map((name) => `usr/${name}`),
      'etc',
      'root',
      'home/node',
      'tmp',
      'var/tmp',
    ])
      mkdirSync(join(base, folder), { recursive: true });
    for (const name of LINKED) symlinkSync(`usr/${name}`, join(base, name));
    const files = join(this.#directory, 'files');
    writeFileSync(files, await this.#debianFiles());
    await this.#run(['sh', '-c', `tar -C / -cf - -T ${files} | tar -C ${base} -xf -`]);
    writeFileSync(join(base, 'etc', 'passwd'), USERS);
    writeFileSync(join(base, 'etc', 'group'), GROUPS);
    await this.#run([
      'sh',
      '-c',
      `chown 1000:1000 ${base}/home/node && chmod 1777 ${base}/tmp ${base}/var/tmp`,
    ]);
    await this.#addNode(join(base, 'usr', 'local'));
    const container = await this.#buildah(['from', 'scratch']);
    await this.#buildah(['copy', '--quiet', container, base, '/']);
    await this.#buildah(['config', '--env', 'PATH=/usr/local/bin:/usr/sbin:/usr/bin', container]);
    await this.#buildah(['commit', '--quiet', '--rm', container, BASE]);
  }

  /** Names of the files of Debian's essential packages and of what Node needs, one a line. */
  async #debianFiles() {
    const known = await this.#run(['dpkg-query', '-W', '-f', '${Essential} ${Package}\\n']);
    const installed = known.split('\n').map((line) => ({
      isEssential: line.startsWith('yes '),
      name: line.replace(/^\S* /, ''),
    }));
    const wanted = installed.flatMap(({ isEssential, name }) => (isEssential ? [name] : []));
    const kinds = ['suggests', 'recommends', 'conflicts', 'breaks', 'replaces', 'enhances'];
    const depends = [
      'apt-cache',
      'depends',
      '--recurse',
      '--installed',
      ...kinds.map((kind) => `--no-${kind}`),
    ];
    const needed = await this.#run([...depends, ...wanted, 'libstdc++6']);
    const names = new Set(needed.split('\n'));
    const packages = installed.flatMap(({ name }) => (names.has(name) ? [name] : []));
    const listed = await this.#run(['dpkg', '--listfiles', ...packages]);
    const paths = listed
      .split('\n')
      // On a machine with merged folders, /bin and /usr/bin are one.
      .map((path) => path.replace(/^\/(bin|sbin|lib|lib64)\//, '/usr/$1/'))
      .filter((path) => path.startsWith('/') && !/^\/usr\/share\/(doc|info|locale|man)\//.test(path));
    const isKept = (/** @type {string} */ path) =>
      !LINKED.includes(path.slice(1)) && existsSync(path) && !lstatSync(path).isDirectory();
    return [...new Set(paths)].filter(isKept).join('\n');
  }

  /** @param {string} local */
  async #addNode(local) {
    const fetched = join(this.#directory, 'node');
    await this.#run([
      'npm',
      'install',
      '--no-save',
      '--ignore-scripts',
      '--prefix',
      fetched,
      `${NODE}@${NODE_VERSION}`,
    ]);
    const modules = join(local, 'lib', 'node_modules');
    mkdirSync(join(local, 'bin'), { recursive: true });
    mkdirSync(modules, { recursive: true });
    cpSync(join(fetched, 'node_modules', NODE, 'bin', 'node'), join(local, 'bin', 'node'));
    cpSync(join(await this.#run(['npm', 'root', '--global']), 'npm'), join(modules, 'npm'), {
      recursive: true,
    });
    for (const name of ['npm', 'npx'])
      symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name));
  }

  /** Builds the Dockerfile as it is. Its steps use this machine's configuration of npm. */
  async build() {
    const config = (await this.#run(['npm', 'config', 'get', 'globalconfig'])).trim();
    const mounts = [
      [config, '/usr/local/etc/npmrc'],
      [CERTIFICATES, CERTIFICATES],
    ].flatMap(([from = '', to]) => (existsSync(from) ? ['--volume', `${from}:${to}:ro`] : []));
    await this.#buildah(['build', '--isolation', 'chroot', '--pull-never', ...mounts, '--tag', IMAGE, ROOT]);
    this.#container = await this.#buildah(['from', '--pull-never', IMAGE]);
  }

  /**
   * Runs a command of the image to its end, with its environment and as its user.
   * @param {string[]} command @param {Record<string, string>} env @returns {Promise<string>} its output
   */
  run(command, env) {
    return this.#buildah(this.#runArguments(command, env));
  }

  /**
   * Starts a command of the image; {@link close} ends it.
   * @param {string[]} command @param {Record<string, string>} env
   */
  start(command, env) {
    const [program = '', ...args] = this.#command(this.#runArguments(command, env));
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (this.log += text));
    const closed = new Promise((resolve) => child.once('close', resolve));
    this.#endings.unshift(async () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
      await closed;
    });
  }

  /** Ends what was started, the last first. */
  async close() {
    for (const end of this.#endings) await end();
  }

  /** @param {string[]} command @param {Record<string, string>} env */
  #runArguments(command, env) {
    const data = join(this.#directory, 'data');
    mkdirSync(data, { recursive: true });
    const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const options = ['--isolation', 'chroot', '--volume', `${data}:/app/data:rw,U`, ...variables];
    return ['run', ...options, this.#container, '--', ...command];
  }

  /** @param {string[]} args */
  #command(args) {
    const storage = ['--root', join(this.#directory, 'storage'), '--runroot', join(this.#directory, 'run')];
    return ['buildah', ...storage, '--storage-driver', 'vfs', ...args];
  }

  /** @param {string[]} args */
  #buildah(args) {
    return this.#run(this.#command(args));
  }

  /** @param {string[]} command @returns {Promise<string>} */
  async #run(command) {
    const { ok, output } = await runCommand(command, { signal: this.#signal, showErrors: false });
    if (!ok) throw new Stop(`${command.join(' ').slice(0, 500)}\n${output.slice(-5_000)}`);
    return output.trim();
  }
}
