import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runCommand } from '../command.mjs';
import { Stop } from '../say.mjs';

/** Why images cannot be built on this machine; `null` if nothing speaks against it. */
export function whyNoBuilder() {
  if (process.getuid?.() !== 0) return 'it needs root, since each step changes its root folder';
  const lacking = ['buildah', 'dpkg-query', 'apt-cache'].filter(
    (program) => spawnSync(program, ['--version']).error !== undefined,
  );
  return lacking.length === 0 ? null : `it needs ${lacking.join(', ')} (Debian: apt install buildah)`;
}

/** buildah with a storage of its own. Its containers are processes with another root folder: it needs no engine. */
export class Buildah {
  /** @type {readonly string[]} */
  #storage;
  #signal;

  /** @param {readonly string[]} storage @param {AbortSignal} signal ends running commands */
  constructor(storage, signal) {
    this.#storage = storage;
    this.#signal = signal;
  }

  /**
   * Chooses the storage: overlays where the kernel and the file system have them. The other one, vfs, copies all files
   * for each layer and container.
   * @param {string} directory takes images and containers @param {AbortSignal} signal
   */
  static async over(directory, signal) {
    const folders = ['--root', join(directory, 'storage'), '--runroot', join(directory, 'run')];
    // Without the option, the folder would be a mount that is in the way when it is removed.
    const overlay = [
      ...folders,
      '--storage-driver',
      'overlay',
      '--storage-opt',
      'overlay.skip_mount_home=true',
    ];
    const { ok } = await runCommand(['buildah', ...overlay, 'info'], { signal });
    if (ok) return new Buildah(overlay, signal);
    const other = ['--root', join(directory, 'vfs'), '--runroot', join(directory, 'run-vfs')];
    return new Buildah([...other, '--storage-driver', 'vfs'], signal);
  }

  /** The command line of a call. @param {readonly string[]} args */
  command(args) {
    return ['buildah', ...this.#storage, ...args];
  }

  /** @param {readonly string[]} args @returns {Promise<string>} its output @throws {Stop} if it fails */
  run(args) {
    return runOrStop(this.command(args), this.#signal);
  }
}

/** @param {readonly string[]} command @param {AbortSignal} signal @returns {Promise<string>} its output */
export async function runOrStop(command, signal) {
  const { ok, output } = await runCommand(command, { signal });
  if (!ok) throw new Stop(`${command.join(' ').slice(0, 500)}\n${output.slice(-5_000)}`);
  return output.trim();
}
