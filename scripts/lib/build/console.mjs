import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../command.mjs';
import { ROOT } from '../root.mjs';
import { say, Stop } from '../say.mjs';
import { digestOf } from './digest.mjs';

const CONSOLE = join('packages', 'console');
const STAMP = join(CONSOLE, 'dist', '.built-from');

/** The sources of the console. */
const SOURCES = [
  join(CONSOLE, 'src'),
  join(CONSOLE, 'public'),
  join(CONSOLE, 'index.html'),
  join(CONSOLE, 'vite.config.ts'),
  join('packages', 'client', 'src'),
  join('packages', 'texts', 'src'),
  'pnpm-lock.yaml',
];

/** Builds the console's pages, unless their sources are unchanged since the last build. @param {AbortSignal} signal */
export async function buildConsole(signal) {
  const digest = digestOf(SOURCES);
  const stamp = join(ROOT, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  say('Building the console (once)…');
  const vite = join(ROOT, CONSOLE, 'node_modules', 'vite', 'bin', 'vite.js');
  const command = [process.execPath, vite, 'build', '--logLevel', 'warn'];
  const { ok, output } = await runCommand(command, { signal, cwd: join(ROOT, CONSOLE) });
  if (!ok) {
    process.stderr.write(output);
    throw new Stop('Could not build the console.');
  }
  writeFileSync(stamp, digest);
}
