import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.mjs';
import { MANIFEST, ROOT } from './root.mjs';
import { say, Stop } from './say.mjs';

/** Refuses a Node that is too old, before anything else runs. */
export function checkNode() {
  const wanted = MANIFEST.engines.node.replace('>=', '').split('.').map(Number);
  const actual = process.versions.node.split('.').map(Number);
  const index = wanted.findIndex((part, at) => part !== actual[at]);
  if (index >= 0 && (actual[index] ?? 0) < (wanted[index] ?? 0)) {
    throw new Stop(
      `Node ${MANIFEST.engines.node} is needed, this is ${process.versions.node}. Get it at https://nodejs.org`,
    );
  }
}

/** Installs the packages in the lock file, unless that is already done. Needs only npm. @param {AbortSignal} signal */
export async function installDependencies(signal) {
  const stamp = join(ROOT, 'node_modules', '.installed-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'pnpm-lock.yaml')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('Installing dependencies (once)…');
  const command = ['npx', '--yes', MANIFEST.packageManager, 'install', '--frozen-lockfile'];
  const { ok, output } = await runCommand(command, { signal, cwd: ROOT, env: { CI: 'true' } });
  if (!ok) {
    process.stderr.write(output);
    throw new Stop(
      `Could not install dependencies: ${command.join(' ')} failed. Is the npm registry reachable?`,
    );
  }
  writeFileSync(stamp, lock);
}
