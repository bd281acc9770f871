import { cpSync, existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrStop } from './buildah.mjs';

/** The base that the Dockerfile names, and the Node in it. */
const BASE = 'docker.io/library/node:24-bookworm-slim';
const NODE = `node-linux-${process.arch}`;
const NODE_VERSION = '24.22.3';

const USERS = 'root:x:0:0:root:/root:/bin/bash\nnode:x:1000:1000::/home/node:/bin/bash\n';
const GROUPS = 'root:x:0:\nnode:x:1000:\n';
const LINKED = ['bin', 'sbin', 'lib', 'lib64'];
const FOLDERS = ['etc', 'root', 'home/node', 'tmp', 'var/tmp'];

/**
 * Makes the base of the Dockerfile of this machine's Debian packages, and of Node from the npm registry. Fails where
 * the machine has no builder, no such packages or no network.
 * @param {import('./buildah.mjs').Buildah} buildah
 * @param {string} directory takes its files @param {AbortSignal} signal
 */
export async function makeBase(buildah, directory, signal) {
  const base = join(directory, 'base');
  for (const folder of [...LINKED.map((name) => `usr/${name}`), ...FOLDERS])
    mkdirSync(join(base, folder), { recursive: true });
  for (const name of LINKED) symlinkSync(`usr/${name}`, join(base, name));
  const files = join(directory, 'files');
  writeFileSync(files, await debianFiles(signal));
  await runOrStop(['sh', '-c', `tar -C / -cf - -T ${files} | tar -C ${base} -xf -`], signal);
  writeFileSync(join(base, 'etc', 'passwd'), USERS);
  writeFileSync(join(base, 'etc', 'group'), GROUPS);
  const rights = `chown 1000:1000 ${base}/home/node && chmod 1777 ${base}/tmp ${base}/var/tmp`;
  await runOrStop(['sh', '-c', rights], signal);
  await addNode(directory, join(base, 'usr', 'local'), signal);
  const container = await buildah.run(['from', 'scratch']);
  await buildah.run(['copy', '--quiet', container, base, '/']);
  await buildah.run(['config', '--env', 'PATH=/usr/local/bin:/usr/sbin:/usr/bin', container]);
  await buildah.run(['run', '--isolation', 'chroot', container, '--', 'node', '--version']);
  await buildah.run(['commit', '--quiet', '--rm', container, BASE]);
}

/** Names of the files of Debian's essential packages and of what Node needs, one a line. @param {AbortSignal} signal */
async function debianFiles(signal) {
  const known = await runOrStop(['dpkg-query', '-W', '-f', '${Essential} ${Package}\\n'], signal);
  const installed = known.split('\n').map((line) => ({
    isEssential: line.startsWith('yes '),
    name: line.replace(/^\S* /, ''),
  }));
  const wanted = installed.flatMap(({ isEssential, name }) => (isEssential ? [name] : []));
  const kinds = ['suggests', 'recommends', 'conflicts', 'breaks', 'replaces', 'enhances'];
  const options = ['--recurse', '--installed', ...kinds.map((kind) => `--no-${kind}`)];
  const needed = await runOrStop(['apt-cache', 'depends', ...options, ...wanted, 'libstdc++6'], signal);
  const names = new Set(needed.split('\n'));
  const packages = installed.flatMap(({ name }) => (names.has(name) ? [name] : []));
  const listed = await runOrStop(['dpkg', '--listfiles', ...packages], signal);
  const paths = listed
    .split('\n')
    // On a machine with merged folders, /bin and /usr/bin are one.
    .map((path) => path.replace(/^\/(bin|sbin|lib|lib64)\//, '/usr/$1/'))
    .filter((path) => path.startsWith('/') && !/^\/usr\/share\/(doc|info|locale|man)\//.test(path));
  const isKept = (/** @type {string} */ path) =>
    !LINKED.includes(path.slice(1)) && existsSync(path) && !lstatSync(path).isDirectory();
  return [...new Set(paths)].filter(isKept).join('\n');
}

/** @param {string} directory @param {string} local /usr/local of the base @param {AbortSignal} signal */
async function addNode(directory, local, signal) {
  const fetched = join(directory, 'node');
  const options = ['--no-save', '--ignore-scripts', '--no-audit', '--prefix', fetched];
  await runOrStop(['npm', 'install', ...options, `${NODE}@${NODE_VERSION}`], signal);
  const modules = join(local, 'lib', 'node_modules');
  mkdirSync(join(local, 'bin'), { recursive: true });
  mkdirSync(modules, { recursive: true });
  cpSync(join(fetched, 'node_modules', NODE, 'bin', 'node'), join(local, 'bin', 'node'));
  const npm = join(await runOrStop(['npm', 'root', '--global'], signal), 'npm');
  cpSync(npm, join(modules, 'npm'), { recursive: true });
  for (const name of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name));
}
