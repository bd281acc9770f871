import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MANIFEST, ROOT } from '../root.mjs';
import { runOrStop } from './buildah.mjs';

const IMAGE = 'localhost/gateway-image-check';
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** The image of the Dockerfile, and what runs of it. */
export class Image {
  #buildah;
  #data;
  #container = '';
  /** What the started commands have printed. */
  log = '';
  /** @type {(() => Promise<void>)[]} */
  #endings = [];

  /**
   * @param {import('./buildah.mjs').Buildah} buildah
   * @param {string} directory takes the containers' data
   */
  constructor(buildah, directory) {
    this.#buildah = buildah;
    this.#data = join(directory, 'data');
  }

  /**
   * Builds the Dockerfile as it is. Its steps use this machine's configuration of npm, and the packages that npm and
   * pnpm have fetched before; none of this becomes part of the image.
   * @param {AbortSignal} signal ends the build
   */
  async build(signal) {
    const ask = (/** @type {string[]} */ ...command) => runOrStop(command, signal);
    const store = await ask('npx', '--yes', MANIFEST.packageManager, 'store', 'path');
    const mounts = [
      [await ask('npm', 'config', 'get', 'globalconfig'), '/usr/local/etc/npmrc', 'ro'],
      [CERTIFICATES, CERTIFICATES, 'ro'],
      [await ask('npm', 'config', 'get', 'cache'), '/root/.npm', 'rw'],
      [dirname(store), '/root/.local/share/pnpm/store', 'rw'],
    ];
    const volumes = mounts.flatMap(([from = '', to, mode]) =>
      existsSync(from) ? ['--volume', `${from}:${to}:${mode}`] : [],
    );
    const options = ['--isolation', 'chroot', '--pull-never', ...volumes];
    await runOrStop(this.#buildah.command(['build', ...options, '--tag', IMAGE, ROOT]), signal);
    this.#container = await this.#buildah.run(['from', '--pull-never', IMAGE]);
  }

  /**
   * Runs a command of the image to its end, with its environment and as its user.
   * @param {string[]} command @param {Record<string, string>} env @returns {Promise<string>} its output
   */
  run(command, env) {
    return this.#buildah.run(this.#runArguments(command, env));
  }

  /**
   * Starts a command of the image; {@link close} ends it.
   * @param {string[]} command @param {Record<string, string>} env
   */
  start(command, env) {
    const [program = '', ...args] = this.#buildah.command(this.#runArguments(command, env));
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
    mkdirSync(this.#data, { recursive: true });
    const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const options = ['--isolation', 'chroot', '--volume', `${this.#data}:/app/data:rw,U`, ...variables];
    return ['run', ...options, this.#container, '--', ...command];
  }
}
