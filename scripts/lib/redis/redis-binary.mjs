import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../command.mjs';
import { say, Stop } from '../say.mjs';

const NAMES = ['redis-server', 'valkey-server'];

/**
 * Finds a Redis server on PATH. Otherwise installs one, if the system's package manager does so without questions.
 * @param {AbortSignal} signal
 * @returns {Promise<string>} path of the binary
 */
export async function redisBinary(signal) {
  const found = NAMES.map(onPath).find((path) => path !== undefined);
  if (found !== undefined) return found;
  for (const { name, commands } of installers()) {
    say(
      `No Redis found: installing it with ${name} (${commands.map((command) => command.join(' ')).join(' && ')})…`,
    );
    if (await runAll(commands, signal)) {
      const installed = NAMES.map(onPath).find((path) => path !== undefined);
      if (installed !== undefined) return installed;
    }
    say(`${name} could not install it.`);
  }
  throw new Stop(
    [
      'Redis is needed and could not be found or installed. Do one of these:',
      '  - install redis-server or valkey-server (7 or newer), so that it is on PATH',
      '  - set REDIS_URL to a running Redis, e.g. REDIS_URL=redis://127.0.0.1:6379 npm start',
    ].join('\n'),
  );
}

/** @returns {{ name: string, commands: string[][] }[]} */
function installers() {
  const list = [];
  if (onPath('apt-get') !== undefined) {
    const sudo = process.getuid?.() === 0 ? [] : canSudo() ? ['sudo', '-n'] : undefined;
    if (sudo !== undefined) {
      const apt = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
      const commands = [
        [...apt, 'update', '-qq'],
        [...apt, 'install', '-y', '-qq', '--no-install-recommends', 'redis-server'],
      ];
      list.push({ name: 'apt-get', commands });
    }
  }
  // Homebrew only asks for an administrator's password if it is not set up; then it fails.
  if (onPath('brew') !== undefined && process.getuid?.() !== 0)
    list.push({ name: 'Homebrew', commands: [['brew', 'install', 'redis']] });
  return list;
}

function canSudo() {
  return onPath('sudo') !== undefined && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
}

/** @param {string[][]} commands @param {AbortSignal} signal */
async function runAll(commands, signal) {
  for (const command of commands)
    if (!(await runCommand(command, { signal, showErrors: true })).ok) return false;
  return true;
}

/** @param {string} name @returns {string | undefined} */
function onPath(name) {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/bin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
  ];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
